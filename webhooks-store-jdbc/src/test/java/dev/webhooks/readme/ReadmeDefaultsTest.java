package dev.webhooks.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.WebhooksBuilder;
import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.validation.PayloadPolicy;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

/** The table of options for sizing and tuning says the defaults that the code has. */
class ReadmeDefaultsTest {
  private static final DeliverySettings DEFAULTS = DeliverySettings.DEFAULTS;

  private final Map<String, String> table = table();

  @Test
  void defaults_are_those_of_the_code() {
    assertThat(table)
        .containsEntry(
            "maxInFlight", DEFAULTS.maxInFlight() + ", " + DEFAULTS.maxInFlightPerWebhook())
        .containsEntry("requestTimeout", DEFAULTS.requestTimeout().toSeconds() + " s")
        .containsEntry("expiry", DEFAULTS.expiry().toDays() + " days")
        .containsEntry("retention", DEFAULTS.retention().toDays() + " days")
        .containsEntry("maxPayloadBytes", PayloadPolicy.DEFAULT_MAX_BYTES / 1024 + " KiB")
        .hasEntrySatisfying(
            "retrySchedule",
            said -> assertThat(said).startsWith(DEFAULTS.schedule().attempts() + " attempts"));
    assertThat(JdbcWebhookStore.on(new JdbcDataSource()).deadline())
        .as("both time-outs of the store")
        .isEqualTo(Stream.of(table.get("JdbcWebhookStore").split(", "))
            .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds.replace(" s", ""))))
            .reduce(Duration.ZERO, Duration::plus));
  }

  @Test
  void options_exist() {
    assertThat(table.keySet().stream().filter(name -> Character.isLowerCase(name.charAt(0))))
        .hasSizeGreaterThan(5)
        .isSubsetOf(Arrays.stream(WebhooksBuilder.class.getMethods())
            .map(Method::getName)
            .toList());
  }

  /** Returns what the table says of each option, by its name. */
  private static Map<String, String> table() {
    Map<String, String> table = new LinkedHashMap<>();
    Readmes.read(Path.of("webhooks-core/README.md"))
        .lines()
        .dropWhile(line -> !line.equals("## Sizing and tuning"))
        .dropWhile(line -> !line.startsWith("|---"))
        .skip(1)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|"))
        .forEach(row -> table.put(row[1].strip().replaceFirst("^`(\\w+).*", "$1"), row[2].strip()));
    return table;
  }
}
