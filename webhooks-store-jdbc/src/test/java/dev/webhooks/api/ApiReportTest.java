package dev.webhooks.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.Webhooks;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The signatures that the libraries export are those of {@code .github/API.txt}. */
class ApiReportTest {
  private static final Path KNOWN = Path.of("..", ".github", "API.txt");
  private static final Path NOW = Path.of("target", "API.txt");

  @Test
  void exported_signatures_are_the_known_ones() throws IOException {
    List<String> exported =
        ApiReport.of(Webhooks.class, JdbcWebhookStore.class, OkHttpTransport.class);
    Files.createDirectories(NOW.getParent());
    Files.write(NOW, exported);

    assertThat(exported)
        .as("if the change is meant, copy webhooks-store-jdbc/target/API.txt to .github/API.txt")
        .containsExactlyElementsOf(Files.readAllLines(KNOWN));
  }
}
