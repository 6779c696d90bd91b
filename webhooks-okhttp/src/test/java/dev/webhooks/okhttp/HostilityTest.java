package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever an endpoint does, the attempt ends once, in time, for the reason that it is known by.
 */
class HostilityTest extends Sending {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(10);

  /** Every byte that is read costs time, so few are allowed. */
  private final OkHttpTransport impatient = guarded(builder().maxResponseBytes(1024));

  @AfterEach
  void closeImpatient() {
    impatient.close();
  }

  /** The first request of a process takes long, for reasons of its own. */
  @BeforeAll
  static void loadClasses() throws IOException {
    try (RawServer http1 = Hostility.named("answers 999").server();
        RawServer http2 = Hostility.named("HTTP/2: answers 999").server();
        OkHttpTransport first = builder().build()) {
      first.guardWith(new ScriptedGuard());
      first.send(request(http1.url()), LONG);
      first.send(request(http2.url()), LONG);
    }
  }

  static List<Hostility> all() {
    return Hostility.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void ends_in_time_for_a_stable_reason(Hostility hostility) throws Exception {
    Duration timeout = hostility.error() == DeliveryError.TIMEOUT ? SHORT : LONG;
    try (RawServer server = hostility.server()) {
      long start = System.nanoTime();
      TransportResult result = impatient.send(request(server.url()), timeout);

      assertThat(result.error()).isEqualTo(hostility.error());
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(timeout.plusSeconds(1));
      assertThat(server.connections()).isEqualTo(1);
    }
  }
}
