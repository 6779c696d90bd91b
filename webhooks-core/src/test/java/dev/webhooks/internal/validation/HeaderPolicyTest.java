package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.validation.HeaderPolicy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderPolicyTest {
  private static final String CANARY = "canary-value";

  private final HeaderPolicy policy = new StandardHeaderPolicy(Set.of("Acme-Signature"));

  @Test
  void headers_are_returned_unchanged_in_their_order() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Api-Key", "k-123 \t~!");
    headers.put("Authorization", "Bearer abc");
    headers.put("accept", "");

    Map<String, String> valid = policy.validate(headers);
    headers.clear();

    assertThat(valid)
        .containsExactly(
            Map.entry("X-Api-Key", "k-123 \t~!"),
            Map.entry("Authorization", "Bearer abc"),
            Map.entry("accept", ""));
    assertThatThrownBy(valid::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThat(policy.validate(Map.of())).isEmpty();
  }

  @Test
  void a_webhook_has_at_most_ten_headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      headers.put("X-H" + i, CANARY);
    }
    assertThat(policy.validate(headers)).hasSize(10);

    headers.put("X-H10", CANARY);
    assertRefused(ErrorCode.TOO_MANY_HEADERS, () -> policy.validate(headers))
        .hasMessage("a webhook has at most 10 custom headers");
  }

  @Test
  void names_are_counted_without_case_and_none_may_come_twice() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 0; i < 10; i++) {
      headers.put("X-H" + i, CANARY);
    }
    headers.put("x-h9", CANARY);

    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(headers))
        .hasMessage("header \"x-h9\" is given twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "a b",
        "a:b",
        ":authority",
        "a\r\nb",
        "a\tb",
        "a\u0000",
        "ä",
        "a\u010ab",
        "(a)",
        "a/b",
        "a\"b",
        "a,b",
        "\u212aey",
        "a\u560ab"
      })
  void a_name_that_is_no_token_is_refused(String name) {
    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of(name, CANARY)))
        .hasMessageContaining("is not an RFC 9110 token")
        .hasMessageMatching("[ -~]*")
        .hasMessageNotContaining(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "Connection",
        "Content-Length",
        "Content-Type",
        "Content-Encoding",
        "Transfer-Encoding",
        "TE",
        "Trailer",
        "Upgrade",
        "Expect",
        "Keep-Alive",
        "Proxy-Connection",
        "Proxy-Authorization",
        "HTTP2-Settings",
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Host",
        "Via",
        "X-Real-IP",
        "X-Original-URL",
        "X-HTTP-Method-Override",
        "Accept-Encoding",
        "User-Agent",
        "Metadata-Flavor",
        "Metadata",
        "X-aws-ec2-metadata-token",
        "X-aws-ec2-metadata-token-ttl-seconds",
        "X-aliyun-ecs-metadata-token",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "webhook-anything",
        "X-Webhook-Signature",
        "X-Webhook-Event",
        "X-Webhook-Delivery",
        "X-Webhook-Attempt",
        "X-Webhook-Other",
        "Acme-Signature"
      })
  void a_reserved_name_is_refused_in_any_spelling(String name) {
    for (String spelling : List.of(
        name,
        name.toLowerCase(Locale.ROOT),
        name.toUpperCase(Locale.ROOT),
        name.replace('-', '_'))) {
      assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of(spelling, CANARY)))
          .hasMessage("header \"" + spelling + "\" is reserved");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\r\nX-Other: b",
        "a\rb",
        "a\nb",
        "a\u0000b",
        "a\u007fb",
        "ä",
        "a\u010ab",
        "a\u560ab",
        "a\u0085b",
        "a\u2028b",
        "\u001f",
        "\ud83d\udd11"
      })
  void a_value_of_other_characters_is_refused_without_being_quoted(String value) {
    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of("X-Key", CANARY + value)))
        .hasMessage("header \"X-Key\" may only have visible ASCII, tab and space in its value");
  }

  @ParameterizedTest
  @ValueSource(strings = {" a", "a ", "\ta", "a\t", " ", "\t"})
  void a_value_that_receivers_would_trim_is_refused(String value) {
    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of("X-Key", value)))
        .hasMessageContaining("\"X-Key\" must not begin or end");
  }

  @Test
  void names_and_values_have_a_greatest_length() {
    Map<String, String> longest = Map.of("n".repeat(256), "v".repeat(4096));

    assertThat(policy.validate(longest)).isEqualTo(longest);
    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of("n".repeat(257), CANARY)))
        .hasMessageContaining("more than 256 characters")
        .hasMessageNotContaining("n".repeat(65));
    assertRefused(
            ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of("X-Key", "v".repeat(4097))))
        .hasMessage("header \"X-Key\" has a value of more than 4096 characters");
  }

  @Test
  void all_headers_together_have_at_most_16_kib() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : Set.of("a", "b", "c", "d")) {
      headers.put(name, "v".repeat(4095));
    }
    assertThat(policy.validate(headers)).hasSize(4);

    headers.put("e", "");
    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(headers))
        .hasMessageContaining("16384");
  }

  @Test
  void the_mask_is_not_a_value() {
    assertRefused(ErrorCode.INVALID_HEADER, () -> policy.validate(Map.of("X-Key", HeaderMask.MASK)))
        .hasMessageContaining("\"X-Key\" has the mask");
  }

  @Test
  void a_missing_name_or_value_is_refused() {
    assertRefused(
        ErrorCode.INVALID_HEADER, () -> policy.validate(Collections.singletonMap("X-Key", null)));
    assertRefused(
        ErrorCode.INVALID_HEADER, () -> policy.validate(Collections.singletonMap(null, CANARY)));
  }
}
