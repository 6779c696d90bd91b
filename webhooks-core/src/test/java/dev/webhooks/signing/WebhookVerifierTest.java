package dev.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookVerifierTest {
  private static final Instant NOW = Instant.ofEpochSecond(1614265330);
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final String OLD_SECRET = "correct horse battery staple";
  private static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

  private final WebhookVerifier verifier = verifierAt(NOW);

  @Test
  void the_published_example_of_standard_webhooks_is_accepted() {
    assertThat(verifier.verify(standardExample(), BODY)).isEqualTo(Verification.ACCEPTED);
    assertThat(verifier.verify(standardExample(), BODY).isAccepted()).isTrue();
  }

  @Test
  void a_timestamped_message_signed_elsewhere_is_accepted() {
    String signature = "2e37df5d4a028c51a7f3133d64ae1e300d2c2c900f1b1d49d4369ad2530f8964";
    Map<String, String> headers = Map.of("x-webhook-signature", "t=1614265330,v1=" + signature);

    assertThat(verifier.verify(headers, BODY)).isEqualTo(Verification.ACCEPTED);
  }

  @Test
  void the_example_of_github_is_accepted_by_the_body_only_scheme() {
    WebhookVerifier github = WebhookVerifier.builder()
        .secret("It's a Secret to Everybody")
        .schemes(SignatureScheme.bodyOnly("X-Hub-Signature-256"))
        .build();
    Map<String, String> headers = Map.of(
        "X-Hub-Signature-256",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");

    assertThat(github.verify(headers, "Hello, World!".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Verification.ACCEPTED);
    assertThat(github.verify(headers, BODY)).isEqualTo(Verification.NO_MATCH);
    assertThat(github.verify(Map.of(), BODY)).isEqualTo(Verification.MISSING_HEADER);
    assertThat(github.verify(Map.of("x-hub-signature-256", "sha1=00"), BODY))
        .isEqualTo(Verification.MALFORMED_HEADER);
  }

  @Test
  void names_of_headers_are_compared_without_case() {
    Map<String, String> shouted = new HashMap<>();
    standardExample().forEach((name, value) -> shouted.put(name.toUpperCase(Locale.ROOT), value));

    assertThat(verifier.verify(shouted, BODY)).isEqualTo(Verification.ACCEPTED);
  }

  @Test
  void headers_can_be_given_as_a_function() {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(standardExample());

    assertThat(verifier.verify(headers::get, BODY)).isEqualTo(Verification.ACCEPTED);
  }

  @Test
  void a_message_of_the_signer_is_accepted_by_each_of_its_schemes() {
    Map<String, String> headers =
        Signer.standard().sign("evt_1", NOW, BODY, List.of(Secret.of(SECRET)));

    for (SignatureScheme scheme :
        List.of(SignatureScheme.standardWebhooks(), SignatureScheme.timestamped())) {
      WebhookVerifier single = WebhookVerifier.builder()
          .secret(SECRET)
          .schemes(scheme)
          .clock(InstantSource.fixed(NOW))
          .build();
      assertThat(single.verify(headers, BODY)).isEqualTo(Verification.ACCEPTED);
    }
  }

  @Test
  void during_a_rotation_either_side_may_know_only_one_secret() {
    Map<String, String> signedByBoth = Signer.standard()
        .sign("evt_1", NOW, BODY, List.of(Secret.of(SECRET), Secret.of(OLD_SECRET)));
    Map<String, String> signedByOld =
        Signer.standard().sign("evt_1", NOW, BODY, List.of(Secret.of(OLD_SECRET)));
    WebhookVerifier knowsOld = verifierAt(NOW, OLD_SECRET);
    WebhookVerifier knowsBoth = verifierAt(NOW, SECRET, OLD_SECRET);

    assertThat(verifier.verify(signedByBoth, BODY)).isEqualTo(Verification.ACCEPTED);
    assertThat(knowsOld.verify(signedByBoth, BODY)).isEqualTo(Verification.ACCEPTED);
    assertThat(knowsBoth.verify(signedByOld, BODY)).isEqualTo(Verification.ACCEPTED);
    assertThat(verifier.verify(signedByOld, BODY)).isEqualTo(Verification.NO_MATCH);
  }

  @ParameterizedTest
  @CsvSource({
    "0, ACCEPTED",
    "300, ACCEPTED",
    "-300, ACCEPTED",
    "301, TIMESTAMP_OUT_OF_TOLERANCE",
    "-301, TIMESTAMP_OUT_OF_TOLERANCE"
  })
  void a_timestamp_may_differ_by_300_seconds_in_both_directions(
      long seconds, Verification expected) {
    Instant receipt = NOW.plusSeconds(seconds).plusMillis(999);
    Map<String, String> headers =
        SignatureScheme.timestamped().sign("evt_1", NOW, BODY, List.of(Secret.of(SECRET)));

    assertThat(verifierAt(receipt).verify(standardExample(), BODY)).isEqualTo(expected);
    assertThat(verifierAt(receipt).verify(headers, BODY)).isEqualTo(expected);
  }

  @Test
  void the_tolerance_is_configurable() {
    WebhookVerifier strict = WebhookVerifier.builder()
        .secret(SECRET)
        .tolerance(Duration.ZERO)
        .clock(InstantSource.fixed(NOW.plusSeconds(1)))
        .build();

    assertThat(strict.verify(standardExample(), BODY))
        .isEqualTo(Verification.TIMESTAMP_OUT_OF_TOLERANCE);
  }

  @Test
  void a_changed_body_id_or_timestamp_does_not_match() {
    assertThat(verifier.verify(standardExample(), "{}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Verification.NO_MATCH);
    assertThat(verifier.verify(with("webhook-id", "msg_other"), BODY))
        .isEqualTo(Verification.NO_MATCH);
    assertThat(verifier.verify(with("webhook-timestamp", "1614265331"), BODY))
        .isEqualTo(Verification.NO_MATCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"webhook-id", "webhook-timestamp", "webhook-signature"})
  void a_missing_header_is_named_as_such(String name) {
    Map<String, String> headers = new HashMap<>(standardExample());
    headers.remove(name);

    assertThat(verifier.verify(headers, BODY)).isEqualTo(Verification.MISSING_HEADER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "webhook-id|''",
        "webhook-id|a.b",
        "webhook-timestamp|''",
        "webhook-timestamp|+1614265330",
        "webhook-timestamp|-1",
        "webhook-timestamp|1614265330.0",
        "webhook-timestamp|١٦١٤٢٦٥٣٣٠",
        "webhook-timestamp|99999999999999999999",
        "webhook-signature|''",
        "webhook-signature|g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "webhook-signature|v1a,abc v2,def"
      })
  void a_malformed_header_is_named_as_such(String name, String value) {
    assertThat(verifier.verify(with(name, value), BODY)).isEqualTo(Verification.MALFORMED_HEADER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "t=1614265330",
        "v1=00",
        "t=,v1=00",
        "t=1614265330,t=1614265331,v1=00",
        "t=x,v1=00",
        "t=1614265330;v1=00",
        ",,,"
      })
  void a_malformed_timestamped_header_is_named_as_such(String value) {
    assertThat(verifier.verify(Map.of("X-Webhook-Signature", value), BODY))
        .isEqualTo(Verification.MALFORMED_HEADER);
  }

  @Test
  void signatures_of_other_versions_and_wrong_ones_are_passed_over() {
    String right = standardExample().get("webhook-signature");

    assertThat(verifier.verify(with("webhook-signature", "v1a,xx v1,AAAA v1,%% " + right), BODY))
        .isEqualTo(Verification.ACCEPTED);
    assertThat(verifier.verify(with("webhook-signature", right.substring(0, 20)), BODY))
        .isEqualTo(Verification.NO_MATCH);
    assertThat(verifier.verify(with("webhook-signature", "v1,"), BODY))
        .isEqualTo(Verification.NO_MATCH);
  }

  @Test
  void hostile_headers_never_make_it_throw() {
    Random random = new Random(4231);
    String alphabet = "tv1=,. -+09az\u0000\u00e9\ud800\n";
    for (int round = 0; round < 20_000; round++) {
      StringBuilder value = new StringBuilder();
      int length = random.nextInt(40);
      for (int i = 0; i < length; i++) {
        value.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Map<String, String> headers = Map.of(
          "webhook-id",
          value.toString(),
          "webhook-timestamp",
          round % 2 == 0 ? "1614265330" : value.toString(),
          "webhook-signature",
          "v1," + value,
          "X-Webhook-Signature",
          "t=1614265330,v1=" + value);
      assertThat(verifier.verify(headers, BODY).isAccepted()).isFalse();
    }
  }

  @Test
  void huge_headers_and_headers_without_name_or_value_are_rejected() {
    Map<String, String> odd = new HashMap<>();
    odd.put(null, "HTTP/1.1 200 OK");
    odd.put("webhook-id", null);

    assertThat(verifier.verify(odd, BODY)).isEqualTo(Verification.MISSING_HEADER);
    assertThat(verifier.verify(with("webhook-signature", "v1,a ".repeat(100_000)), BODY))
        .isEqualTo(Verification.MALFORMED_HEADER);
  }

  @Test
  void every_problem_of_a_verifier_is_reported_at_once_without_the_secret() {
    assertThatThrownBy(() -> WebhookVerifier.builder()
            .secret("whsec_c@nary")
            .secret("")
            .tolerance(Duration.ofSeconds(-1))
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("base64", "empty", "negative")
        .hasMessageNotContaining("c@nary");
    assertThatThrownBy(() -> WebhookVerifier.builder().schemes().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("no secret", "no signature scheme");
    assertThatThrownBy(WebhookVerifier::of).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void its_text_holds_no_secret() {
    assertThat(WebhookVerifier.of(SECRET)).asString().doesNotContain("whsec_");
  }

  private static WebhookVerifier verifierAt(Instant now, String... secrets) {
    WebhookVerifier.Builder builder = WebhookVerifier.builder().clock(InstantSource.fixed(now));
    for (String secret : secrets.length == 0 ? new String[] {SECRET} : secrets) {
      builder.secret(secret);
    }
    return builder.build();
  }

  private static Map<String, String> with(String name, String value) {
    Map<String, String> headers = new HashMap<>(standardExample());
    headers.put(name, value);
    return headers;
  }

  private static Map<String, String> standardExample() {
    return Map.of(
        "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp", "1614265330",
        "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }
}
