package dev.webhooks.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Event;
import dev.webhooks.testing.SampleRequest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A receiver's own unit tests: no sender runs, and still the requests are the real ones. */
class OrderEndpointTest {
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String NEW_SECRET = "the secret after the rotation";

  private final OrderEndpoint endpoint = new OrderEndpoint(SECRET);

  @Test
  void a_signed_request_is_accepted() {
    SampleRequest sample = sample();

    assertThat(endpoint.receive(sample::header, sample.body())).isEqualTo(204);
  }

  @Test
  void during_a_rotation_the_old_secret_is_enough() {
    SampleRequest sample = sample().signedWith(NEW_SECRET, SECRET);

    assertThat(endpoint.receive(sample::header, sample.body())).isEqualTo(204);
  }

  @ParameterizedTest
  @MethodSource("toBeRefused")
  void anything_else_is_refused(SampleRequest sample) {
    assertThat(endpoint.receive(sample::header, sample.body())).isEqualTo(401);
  }

  static List<SampleRequest> toBeRefused() {
    return sample().toBeRefused();
  }

  private static SampleRequest sample() {
    return SampleRequest.of(Event.of("order.paid", Map.of("orderId", 17)), SECRET);
  }
}
