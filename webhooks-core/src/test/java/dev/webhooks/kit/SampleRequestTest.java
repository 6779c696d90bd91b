package dev.webhooks.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.Event;
import dev.webhooks.model.WebhookException;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.Verification;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.testing.SampleRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.MethodSource;

/** That the verifier accepts a sample in each scheme, and refuses what is to be refused. */
class SampleRequestTest {
  private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String OLD_SECRET = "the secret before it";
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
  private static final SampleRequest SAMPLE =
      SampleRequest.of(Event.of("order.paid", Map.of("orderId", 17)), SECRET).at(NOW);

  static final List<SignatureScheme> SCHEMES = List.of(
      SignatureScheme.standardWebhooks(),
      SignatureScheme.timestamped(),
      SignatureScheme.bodyOnly(),
      SignatureScheme.timestamped("Acme-Signature"));

  @Test
  void a_sample_is_what_the_library_sends() {
    assertThat(new String(SAMPLE.body(), StandardCharsets.UTF_8))
        .startsWith("{\"id\":\"evt_")
        .endsWith("\"type\":\"order.paid\",\"timestamp\":\"2026-11-23T10:00:00.000Z\","
            + "\"data\":{\"orderId\":17}}");
    assertThat(SAMPLE.headers())
        .containsEntry("content-type", "application/json")
        .containsEntry("X-Webhook-Event", "order.paid")
        .containsEntry("x-webhook-attempt", "1")
        .containsEntry("webhook-timestamp", Long.toString(NOW.getEpochSecond()))
        .containsKeys("user-agent", "x-webhook-delivery", "webhook-id", "webhook-signature");
    assertThat(SAMPLE.header("X-WEBHOOK-SIGNATURE")).startsWith("t=" + NOW.getEpochSecond());
  }

  @Test
  void a_sample_is_the_same_every_time() {
    SampleRequest again = SAMPLE.at(NOW.plusSeconds(60)).at(NOW);

    assertThat(again.headers()).isEqualTo(SAMPLE.headers());
    assertThat(again.body()).isEqualTo(SAMPLE.body());
  }

  @Test
  void a_sample_is_signed_now_unless_a_time_is_given() {
    SampleRequest sample = SampleRequest.of(Event.of("order.paid", Map.of()), SECRET);

    assertThat(WebhookVerifier.of(SECRET).verify(sample::header, sample.body()))
        .isEqualTo(Verification.ACCEPTED);
  }

  @ParameterizedTest
  @FieldSource("SCHEMES")
  void a_sample_is_accepted_in_each_scheme(SignatureScheme scheme) {
    assertThat(verify(scheme, SAMPLE.schemes(scheme), SECRET)).isEqualTo(Verification.ACCEPTED);
  }

  @ParameterizedTest
  @FieldSource("SCHEMES")
  void during_a_rotation_the_new_secret_signs_in_each_scheme(SignatureScheme scheme) {
    SampleRequest rotating = SAMPLE.signedWith(SECRET, OLD_SECRET).schemes(scheme);

    assertThat(verify(scheme, rotating, SECRET)).isEqualTo(Verification.ACCEPTED);
  }

  @Test
  void during_a_rotation_the_old_secret_signs_too_where_the_scheme_has_room() {
    SampleRequest rotating = SAMPLE.signedWith(SECRET, OLD_SECRET);

    for (SignatureScheme scheme : SCHEMES.subList(0, 2)) {
      assertThat(verify(scheme, rotating, OLD_SECRET)).isEqualTo(Verification.ACCEPTED);
      assertThat(verify(scheme, SAMPLE, OLD_SECRET)).isEqualTo(Verification.NO_MATCH);
    }
  }

  static Stream<Arguments> refusals() {
    return SCHEMES.stream()
        .flatMap(scheme -> SAMPLE.schemes(scheme).toBeRefused().stream()
            .map(sample -> Arguments.of(scheme, sample)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void what_is_to_be_refused_is_refused(SignatureScheme scheme, SampleRequest sample) {
    assertThat(verify(scheme, sample, SECRET).isAccepted()).isFalse();
  }

  @Test
  void what_is_to_be_refused_is_refused_by_the_default_verifier() {
    assertThat(SAMPLE.toBeRefused())
        .allSatisfy(sample -> assertThat(
                verifier(SECRET).build().verify(sample.headers(), sample.body()).isAccepted())
            .isFalse());
  }

  @Test
  void what_is_to_be_refused_has_a_name_and_leaves_out_what_a_scheme_cannot_tell() {
    assertThat(SAMPLE.toBeRefused())
        .extracting(SampleRequest::toString)
        .containsExactly(
            "signed with another secret",
            "tampered body",
            "an hour old",
            "from an hour ahead",
            "without signature");
    assertThat(SAMPLE.schemes(SignatureScheme.standardWebhooks()).toBeRefused())
        .extracting(SampleRequest::toString)
        .contains("no webhook-id", "no webhook-timestamp", "no webhook-signature");
    assertThat(SAMPLE.schemes(SignatureScheme.bodyOnly()).toBeRefused())
        .extracting(SampleRequest::toString)
        .containsExactly("signed with another secret", "tampered body", "without signature");
  }

  @Test
  void each_refusal_has_its_own_reason() {
    SampleRequest standard = SAMPLE.schemes(SignatureScheme.standardWebhooks());

    assertThat(standard.toBeRefused().stream()
            .map(sample -> verify(SignatureScheme.standardWebhooks(), sample, SECRET)))
        .containsExactly(
            Verification.NO_MATCH,
            Verification.NO_MATCH,
            Verification.TIMESTAMP_OUT_OF_TOLERANCE,
            Verification.TIMESTAMP_OUT_OF_TOLERANCE,
            Verification.MISSING_HEADER,
            Verification.MISSING_HEADER,
            Verification.MISSING_HEADER,
            Verification.MISSING_HEADER);
  }

  @Test
  void what_the_library_would_refuse_is_no_sample() {
    assertThatThrownBy(() -> SAMPLE.signedWith("too short")).isInstanceOf(WebhookException.class);
    assertThatThrownBy(SAMPLE::signedWith).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SAMPLE.without("X-Nothing"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("X-Nothing");
  }

  private static Verification verify(SignatureScheme scheme, SampleRequest sample, String secret) {
    return verifier(secret).schemes(scheme).build().verify(sample.headers(), sample.body());
  }

  private static WebhookVerifier.Builder verifier(String secret) {
    return WebhookVerifier.builder().secret(secret).clock(() -> NOW);
  }
}
