package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.fuzz.Fuzzing;
import dev.webhooks.fuzz.Inputs;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.HeaderPolicy;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Custom headers that try to become something else: each is refused, or is one plain header. */
class HeaderPolicyFuzzTest {
  private static final int INPUTS = 40_000;
  /** In no name, so that it is seen if a refusal quotes a value. */
  private static final String CANARY = "canary";

  private static final List<String> NAMES = List.of(
      "X-Api-Key",
      "Authorization",
      "x-team_name",
      "Accept-Language",
      "Host",
      "Content-Length",
      "Transfer-Encoding",
      "webhook-id",
      "X-Webhook-Signature",
      "Connection",
      "X-Forwarded-For",
      "Metadata-Flavor",
      "",
      " ",
      ":authority");
  private static final List<String> VALUES = List.of(
      CANARY,
      CANARY + "\r\nHost: evil.example",
      "Bearer " + CANARY,
      CANARY + "\t" + CANARY,
      "\u010a" + CANARY,
      HeaderMask.MASK,
      CANARY + ", \"quoted\"; q=0.5");
  private static final Set<String> NEVER = Set.of(
      "host",
      "content-length",
      "transfer-encoding",
      "connection",
      "webhook-id",
      "webhook-signature",
      "x-webhook-signature",
      "metadata-flavor",
      "te");

  private final HeaderPolicy policy = new StandardHeaderPolicy(Set.of("My-Signature"));

  @Test
  void no_header_becomes_another() {
    int[] accepted = {0};
    Fuzzing.run("header rule", INPUTS, inputs -> accepted[0] += check(inputs) ? 1 : 0);
    assertThat(accepted[0]).as("headers that were accepted").isPositive();
  }

  private boolean check(Inputs inputs) {
    inputs.begin();
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = inputs.oneIn(20) ? inputs.below(13) : 1; i > 0; i--) {
      headers.put(inputs.text(NAMES), inputs.text(VALUES));
    }
    Map<String, String> valid;
    try {
      valid = policy.validate(headers);
    } catch (WebhookException e) {
      assertThat(e.code()).isIn(ErrorCode.INVALID_HEADER, ErrorCode.TOO_MANY_HEADERS);
      assertThat(e.getMessage())
          .doesNotContain(CANARY)
          .matches(message -> message.chars().noneMatch(Character::isISOControl));
      return false;
    }
    assertThat(valid).isEqualTo(headers).hasSizeLessThanOrEqualTo(HeaderPolicy.MAX_HEADERS);
    valid.forEach(HeaderPolicyFuzzTest::assertPlain);
    return !valid.isEmpty();
  }

  /** The JDK's client has the last word on what may be written. */
  private static void assertPlain(String name, String value) {
    assertThat(name).matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    assertThat(NEVER).doesNotContain(name.toLowerCase(Locale.ROOT).replace('_', '-'));
    assertThat(value.chars()).allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f));
    HttpRequest request = HttpRequest.newBuilder(URI.create("https://acme.example/"))
        .header(name, value)
        .build();
    assertThat(request.headers().map()).hasSize(1);
    assertThat(request.headers().firstValue(name)).hasValue(value);
  }
}
