package dev.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected signatures were computed with OpenSSL and Python's hmac, not with this library. */
class SignatureSchemeTest {
  private static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
  private static final Instant TIME = Instant.ofEpochSecond(1614265330);
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
  private static final Secret ENCODED = Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  private static final Secret PLAIN = Secret.of("correct horse battery staple");
  private static final Secret UNICODE = Secret.of("schlüssel-für-später-🔑");

  private final SignatureScheme standard = SignatureScheme.standardWebhooks();
  private final SignatureScheme timestamped = SignatureScheme.timestamped();
  private final SignatureScheme bodyOnly = SignatureScheme.bodyOnly("X-Hub-Signature-256");

  @Test
  void standard_webhooks_gives_the_published_example() {
    assertThat(standard.sign(ID, TIME, BODY, List.of(ENCODED)))
        .containsExactly(
            Map.entry("webhook-id", ID),
            Map.entry("webhook-timestamp", "1614265330"),
            Map.entry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
  }

  @Test
  void standard_webhooks_signs_with_every_secret_newest_first() {
    assertThat(standard.sign(ID, TIME, BODY, List.of(PLAIN, ENCODED, UNICODE)))
        .containsEntry(
            "webhook-signature",
            "v1,VxbeDT0HjM9kDkIblWBl5Evw8xFY59bHtgKqUiDSHuo="
                + " v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
                + " v1,Hv9GFlmf/VMsFpq6UoZokM8zAy3e/ypmAklNRMFeJ3o=");
  }

  @Test
  void the_timestamped_scheme_keys_with_the_whole_text_of_every_secret() {
    assertThat(timestamped.sign(ID, TIME, BODY, List.of(PLAIN, ENCODED, UNICODE)))
        .containsExactly(Map.entry(
            "X-Webhook-Signature",
            "t=1614265330,v1=6ed5969e5f570b7409a666d08e48b7b07ebb84774496384731ba7ba62b941f86"
                + ",v1=2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964"
                + ",v1=9196b06f351da68a71345684d0b9a37e2d8d470712c01cb0bcebfc68cb829e06"));
  }

  @Test
  void the_body_only_scheme_gives_the_example_github_publishes() {
    assertThat(bodyOnly.sign(
            ID,
            TIME,
            "Hello, World!".getBytes(StandardCharsets.UTF_8),
            List.of(Secret.of("It's a Secret to Everybody"))))
        .containsExactly(Map.entry(
            "X-Hub-Signature-256",
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
  }

  @Test
  void the_body_only_scheme_signs_with_the_newest_secret_alone() {
    assertThat(SignatureScheme.bodyOnly().sign(ID, TIME, BODY, List.of(PLAIN, ENCODED)))
        .containsExactly(Map.entry(
            "X-Webhook-Signature-256",
            "sha256=dd99f39807beeb70c2557049b935cd6e68bbd938e5cb18841d4d5a41689e2552"));
  }

  @Test
  void fractions_of_a_second_are_cut() {
    Instant late = TIME.plusMillis(999);
    assertThat(timestamped.sign(ID, late, BODY, List.of(PLAIN)))
        .isEqualTo(timestamped.sign(ID, TIME, BODY, List.of(PLAIN)));
  }

  @Test
  void header_names_are_configurable() {
    SignatureScheme renamed = SignatureScheme.standardWebhooks("svix-id", "svix-time", "svix-sig");

    assertThat(renamed.headerNames()).containsExactlyInAnyOrder("svix-id", "svix-time", "svix-sig");
    assertThat(renamed.sign(ID, TIME, BODY, List.of(PLAIN)))
        .containsOnlyKeys("svix-id", "svix-time", "svix-sig");
    assertThat(SignatureScheme.timestamped("Acme-Signature").sign(ID, TIME, BODY, List.of(PLAIN)))
        .containsOnlyKeys("Acme-Signature");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:b", "a\r\nb", "ä"})
  void a_header_name_that_is_no_token_is_refused(String name) {
    assertThatThrownBy(() -> SignatureScheme.timestamped(name))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SignatureScheme.bodyOnly(name))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> SignatureScheme.standardWebhooks("a", "b", name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void two_headers_of_one_name_are_refused() {
    assertThatThrownBy(() -> SignatureScheme.standardWebhooks("a", "b", "A"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void an_id_that_could_be_mistaken_for_id_and_timestamp_is_not_signed() {
    assertThatThrownBy(() -> standard.sign("a.1", TIME, BODY, List.of(PLAIN)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> standard.sign("", TIME, BODY, List.of(PLAIN)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void a_secret_that_cannot_be_a_key_is_refused_without_being_quoted() {
    assertThatThrownBy(() -> standard.sign(ID, TIME, BODY, List.of(Secret.of("whsec_c@nary"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasNoCause()
        .hasMessageNotContainingAny("c@nary", "@", "40");
    assertThatThrownBy(() -> standard.sign(ID, TIME, BODY, List.of(Secret.of("whsec_"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> timestamped.sign(ID, TIME, BODY, List.of(Secret.of(""))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> timestamped.sign(ID, TIME, BODY, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> bodyOnly.sign(ID, TIME, BODY, List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
