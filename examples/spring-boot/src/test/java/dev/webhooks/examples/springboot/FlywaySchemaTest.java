package dev.webhooks.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlywaySchemaTest {
  private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");

  /**
   * A newer library prints what the older one printed and then more: that is the next migration,
   * which this test leaves in {@code target/next-migration}.
   */
  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "h2"})
  void the_migrations_are_what_the_library_prints(String database) throws IOException {
    String printed = JdbcWebhookStore.ddl(database, "webhooks_");
    String migrations = migrations(database);

    assertThat(printed).as("migrations that were applied must not change").startsWith(migrations);
    String missing = printed.substring(migrations.length());
    if (!missing.isBlank()) {
      Path next = Path.of("target/next-migration", database + ".sql");
      Files.createDirectories(next.getParent());
      Files.writeString(next, missing);
    }
    assertThat(missing).as("the next migration, also in target/next-migration").isEmpty();
  }

  private static String migrations(String database) throws IOException {
    try (Stream<Path> files = Files.list(MIGRATIONS.resolve(database))) {
      List<Path> inOrder =
          files.sorted(Comparator.comparingInt(FlywaySchemaTest::version)).toList();
      return inOrder.stream().map(FlywaySchemaTest::text).collect(Collectors.joining());
    }
  }

  private static int version(Path file) {
    String name = file.getFileName().toString();
    return Integer.parseInt(name.substring(1, name.indexOf("__")));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
