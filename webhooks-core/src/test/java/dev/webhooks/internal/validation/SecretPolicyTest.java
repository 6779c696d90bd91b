package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Secret;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.validation.SecretPolicy;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretPolicyTest {
  private final SecretPolicy policy = new StandardSecretPolicy();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0123456789abcdef",
        "correct horse battery staple",
        "schlüssel-für-später",
        "🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑",
        "whsec-not the prefix!",
        "my whsec_ is in the middle",
        " blanks around a phrase ",
        "v1,but not the prefix"
      })
  void a_text_of_16_characters_is_taken(String text) {
    assertThat(policy.validate(Secret.of(text))).isEqualTo(Secret.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "0123456789abcde",
        "🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑",
        "whsec_",
        "whsec_c@nary"
      })
  void fewer_characters_are_too_short(String text) {
    assertRefused(ErrorCode.SECRET_TOO_SHORT, () -> policy.validate(Secret.of(text)))
        .hasMessage("secret must have at least 16 characters");
  }

  @Test
  void length_is_counted_in_code_points_up_to_256() {
    assertThat(policy.validate(Secret.of("🔑".repeat(256)))).isNotNull();
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.validate(Secret.of("🔑".repeat(257))))
        .hasMessage("secret must have at most 256 characters");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c@nary-0123456789\n",
        "c@nary\u0000-0123456789",
        "c@nary-0123456789\u007f",
        "c@nary-0123456789\u0085"
      })
  void control_characters_are_refused_without_quoting_the_secret(String text) {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.validate(Secret.of(text)))
        .hasMessageContaining("secret")
        .hasMessageNotContaining("c@nary");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        " whsec_%s|before it",
        "\u00a0whsec_%s|before it",
        "\ufeffwhsec_%s|before it",
        "<newline>whsec_%s|before it",
        "\"whsec_%s\"|before it",
        "v1,whsec_%s|before it",
        "v1, whsec_%s|before it",
        " v1,WHSEC_%s|before it",
        "WHSEC_%s|lower case",
        "Whsec_%s|lower case",
        "whsec_%s |after it",
        "whsec_%s\u00a0|after it",
        "whsec_%s<newline>|after it",
        "whsec_%s\"|after it",
        "whsk_%s|symmetric",
        "whpk_%s|symmetric",
        " v1a,WHPK_%s|symmetric",
        "c@nary-0123456789\ud83d%s|half a surrogate pair",
        "\udc00c@nary-0123456789%s|half a surrogate pair"
      })
  void a_secret_that_was_copied_with_a_mistake_is_refused_with_what_is_expected(
      String pattern, String expected) {
    String text =
        pattern.replace("%s", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").replace("<newline>", "\r\n");

    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.validate(Secret.of(text)))
        .hasMessageStartingWith("secret must ")
        .hasMessageContaining(expected)
        .hasMessageNotContainingAny("AAAA", "c@nary");
    assertThatThrownBy(() -> WebhookVerifier.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected)
        .hasMessageNotContainingAny("AAAA", "c@nary");
  }

  @ParameterizedTest
  @ValueSource(strings = {" whsec_AAAA", "v1,whsec_AAAA", "WHSEC_AAAAAA", "whsk_AAAA", "whpk_AAAA"})
  void a_short_one_stays_too_short(String text) {
    assertRefused(ErrorCode.SECRET_TOO_SHORT, () -> policy.validate(Secret.of(text)));
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 25, 26, 32, 63, 64})
  void encoded_secrets_have_24_to_64_bytes(int bytes) {
    assertThat(policy.validate(encoded(bytes))).isEqualTo(encoded(bytes));
  }

  @Test
  void fewer_encoded_bytes_are_too_short_and_more_are_refused() {
    assertRefused(ErrorCode.SECRET_TOO_SHORT, () -> policy.validate(encoded(23)))
        .hasMessageContaining("24 bytes");
    assertRefused(ErrorCode.SECRET_TOO_SHORT, () -> policy.validate(encoded(8)));
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.validate(encoded(65)))
        .hasMessageContaining("64 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "whsec_c@nary-is-not-in-the-alphabet-of-base64",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_A-A",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
      })
  void what_is_not_the_base64_that_every_receiver_reads_is_refused(String text) {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> policy.validate(Secret.of(text)))
        .hasMessage("secret must be padded base64 after whsec_")
        .hasNoCause();
  }

  @Test
  void a_generated_secret_has_32_random_bytes_and_passes() {
    RandomGenerator random = new SecureRandom();
    Secret secret = policy.generate(random);

    assertThat(policy.validate(secret)).isEqualTo(secret);
    assertThat(secret.reveal()).startsWith("whsec_");
    assertThat(Base64.getDecoder().decode(secret.reveal().substring(6))).hasSize(32);
    assertThat(policy.generate(random)).isNotEqualTo(secret);
  }

  private static Secret encoded(int bytes) {
    return Secret.of("whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]));
  }
}
