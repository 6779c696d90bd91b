package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An attempt at every hostile endpoint ends once, in time, with the documented error. */
class HostileEndpointTest extends Sending {
  private static final Duration SHORT = Duration.ofMillis(500);

  /** Far more than an attempt may take, and less than the ten seconds of OkHttp itself. */
  private static final Duration AT_MOST = Duration.ofSeconds(9);

  /** Every byte that is read costs time, so few are allowed. */
  private final OkHttpTransport impatient = guarded(builder().maxResponseBytes(1024));

  @AfterEach
  void closeImpatient() {
    impatient.close();
  }

  static List<HostileEndpoint> all() {
    return HostileEndpoint.all();
  }

  @ParameterizedTest
  @MethodSource("all")
  void ends_in_time_for_a_stable_reason(HostileEndpoint hostility) throws Exception {
    boolean lasts = hostility.error() == DeliveryError.TIMEOUT;
    try (RawServer server = hostility.server()) {
      long start = System.nanoTime();
      TransportResult result = impatient.send(request(server.url()), lasts ? SHORT : LONG);

      Duration taken = Duration.ofNanos(System.nanoTime() - start);
      assertThat(result.error()).isEqualTo(hostility.error());
      // What has another reason ended before its time was over.
      assertThat(taken).isLessThan(lasts ? AT_MOST : LONG);
      server.awaitConnection();
      assertThat(server.connections()).isEqualTo(1);
    }
  }
}
