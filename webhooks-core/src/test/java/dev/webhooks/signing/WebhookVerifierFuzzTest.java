package dev.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.fuzz.Fuzzing;
import dev.webhooks.fuzz.Inputs;
import dev.webhooks.model.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Signature headers that were tampered with: the parser never throws, and accepts none that does
 * not hold the sender's own signature of the very same message.
 */
class WebhookVerifierFuzzTest {
  private static final int INPUTS = 40_000;
  private static final Instant NOW = Instant.ofEpochSecond(1_700_000_000);
  private static final String SECONDS = Long.toString(NOW.getEpochSecond());
  private static final String ID = "evt_0190";
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  private static final byte[] BODY = "{\"id\":\"evt_0190\"}".getBytes(StandardCharsets.UTF_8);
  private static final Map<String, String> STANDARD =
      SignatureScheme.standardWebhooks().sign(ID, NOW, BODY, List.of(Secret.of(SECRET)));
  private static final Map<String, String> TIMESTAMPED =
      SignatureScheme.timestamped().sign(ID, NOW, BODY, List.of(Secret.of(SECRET)));
  private static final Map<String, String> BODY_ONLY =
      SignatureScheme.bodyOnly().sign(ID, NOW, BODY, List.of(Secret.of(SECRET)));

  private final WebhookVerifier verifier = WebhookVerifier.builder()
      .schemes(
          SignatureScheme.standardWebhooks(),
          SignatureScheme.timestamped(),
          SignatureScheme.bodyOnly())
      .secret(SECRET)
      .secret("another secret of that receiver")
      .clock(() -> NOW)
      .build();

  @Test
  void no_tampered_signature_is_accepted() {
    int[] accepted = {0};
    Fuzzing.run("signature headers", INPUTS, inputs -> accepted[0] += check(inputs) ? 1 : 0);
    assertThat(accepted[0]).as("messages that were accepted").isPositive();
  }

  private boolean check(Inputs inputs) {
    inputs.begin();
    Map<String, String> headers = new HashMap<>();
    for (Map<String, String> scheme : List.of(STANDARD, TIMESTAMPED, BODY_ONLY)) {
      if (!inputs.oneIn(3)) {
        scheme.forEach((name, value) -> headers.put(name, header(inputs, value)));
      }
    }
    byte[] body = inputs.oneIn(5) ? inputs.bytes(BODY) : BODY;

    boolean accepted = verifier.verify(headers, body).isAccepted();

    if (accepted) {
      assertThat(body).isEqualTo(BODY);
      assertThat(isSigned(headers)).isTrue();
    }
    return accepted;
  }

  private static String header(Inputs inputs, String value) {
    return inputs.oneIn(3)
        ? inputs.text(List.of(value, value + "," + value, value + " " + value, "v1,", "t=", "v1="))
        : value;
  }

  private static boolean isSigned(Map<String, String> headers) {
    boolean standard = ID.equals(headers.get("webhook-id"))
        && SECONDS.equals(headers.get("webhook-timestamp"))
        && parts(headers, "webhook-signature", " ").contains(STANDARD.get("webhook-signature"));
    List<String> timestamped = parts(headers, name(TIMESTAMPED), ",");
    List<String> genuine = Arrays.asList(TIMESTAMPED.get(name(TIMESTAMPED)).split(","));
    boolean bodyOnly = BODY_ONLY.get(name(BODY_ONLY)).equals(headers.get(name(BODY_ONLY)));
    return standard || timestamped.containsAll(genuine) || bodyOnly;
  }

  private static String name(Map<String, String> oneHeader) {
    return oneHeader.keySet().iterator().next();
  }

  private static List<String> parts(Map<String, String> headers, String name, String separator) {
    return Arrays.asList(headers.getOrDefault(name, "").split(separator));
  }
}
