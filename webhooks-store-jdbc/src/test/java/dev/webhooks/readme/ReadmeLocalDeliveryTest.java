package dev.webhooks.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.host.Surroundings;
import dev.webhooks.testing.ReceivedRequest;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs the lines of the README for a first delivery on the reader's own machine as they stand. */
class ReadmeLocalDeliveryTest {
  private static final String THEN = """
      try (endpoint; webhooks) {
        webhooks.account("acme").publish(Event.of("order.paid", Map.of("orderId", 17)));
        arrived(endpoint.next(Patience.LONG));
      }
      """;

  @Test
  void an_event_arrives_at_localhost() throws Exception {
    CodeBlock lines = lines();
    CodeBlock whole =
        new CodeBlock(lines.file(), lines.line(), lines.heading(), "java", "", lines.text() + THEN);

    Constructor<?> constructor =
        Snippets.compile(List.of(whole)).load(whole).getDeclaredConstructor();
    constructor.setAccessible(true);
    Surroundings snippet = (Surroundings) constructor.newInstance();
    snippet.run();

    ReceivedRequest request = snippet.arrived();
    assertThat(request.event()).isEqualTo("order.paid");
    assertThat(request.data()).containsEntry("orderId", 17);
    assertThat(request.signatureIsValid()).isTrue();
    assertThat(request.url()).startsWith("https://localhost:");
  }

  @Test
  void it_takes_five_lines() {
    assertThat(lines().text().lines()).hasSize(5);
  }

  private static CodeBlock lines() {
    return Readmes.blocks("java").stream()
        .filter(block -> block.file().equals(Path.of("README.md")))
        .filter(block -> block.text().contains("LocalEndpoint.start()"))
        .findFirst()
        .orElseThrow();
  }
}
