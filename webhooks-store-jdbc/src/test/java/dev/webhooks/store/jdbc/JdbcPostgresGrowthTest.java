package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.TestWebhooks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/** The size of a row with its indexes, compared with the README. */
class JdbcPostgresGrowthTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final int EVENTS = 1_000;
  private static final int PAYLOAD = 1_024;

  @Test
  void tables_grow_as_the_readme_says() throws Exception {
    try (HikariDataSource pool = TestPostgres.pool(TestPostgres.schema(), 2);
        TestWebhooks kit =
            TestWebhooks.on(JdbcWebhookStore.on(pool), EventCatalog.acceptingAny())) {
      kit.receiver(URL).answers(500);
      kit.account("acme").create(WebhookDraft.to(URL).events("order.*"));
      Map<String, Object> payload =
          Map.of("text", "x".repeat(PAYLOAD - "{\"text\":\"\"}".length()));
      kit.account("acme").publish(Collections.nCopies(EVENTS, Event.of("order.paid", payload)));
      kit.runUntilIdle();
      kit.receiver(URL).answers(200);
      kit.advance(Duration.ofMinutes(1));

      SoftAssertions.assertSoftly(all -> {
        for (String table : List.of("event", "delivery", "attempt")) {
          all.assertThat(bytesPerRow(pool, "webhooks_" + table))
              .as(table)
              .isCloseTo(documented(table), Percentage.withPercentage(10));
        }
      });
    }
  }

  private static long bytesPerRow(HikariDataSource pool, String table) {
    try (Connection connection = pool.getConnection();
        PreparedStatement size = connection.prepareStatement(
            "select pg_total_relation_size(?::regclass) / count(*) from " + table)) {
      size.setString(1, table);
      try (ResultSet row = size.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static long documented(String table) {
    Matcher row = Pattern.compile("(?m)^\\| `" + table + "` .* ([\\d,]+) \\|$").matcher(readme());
    assertThat(row.find()).as("a row for " + table).isTrue();
    return Long.parseLong(row.group(1).replace(",", ""));
  }

  private static String readme() {
    try {
      return Files.readString(Path.of("README.md"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
