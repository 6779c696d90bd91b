package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamePolicyTest {
  @Test
  void a_webhook_may_have_any_visible_name_of_up_to_256_characters() {
    assertThat(NamePolicy.webhookName("Größe 🔑")).isEqualTo("Größe 🔑");
    assertThat(NamePolicy.webhookName("🔑".repeat(256))).hasSize(512);
    assertRefused(ErrorCode.INVALID_REQUEST, () -> NamePolicy.webhookName("🔑".repeat(257)))
        .hasMessage("name must have at most 256 characters");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a\u0000", "a\nb", "a\u0085", "\ud83d"})
  void a_blank_or_broken_name_is_refused(String name) {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> NamePolicy.webhookName(name))
        .hasMessageStartingWith("name must");
  }

  @Test
  void an_account_has_up_to_128_printable_characters() {
    assertThat(NamePolicy.account("acct_42")).isEqualTo("acct_42");
    assertThat(NamePolicy.account("~".repeat(128))).hasSize(128);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\n", "ä", "\u0000"})
  void another_account_is_refused(String account) {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> NamePolicy.account(account))
        .hasMessageStartingWith("account must");
    assertRefused(ErrorCode.INVALID_REQUEST, () -> NamePolicy.account("a".repeat(129)));
  }

  @Test
  void an_event_id_has_up_to_64_plain_characters() {
    assertThat(NamePolicy.eventId("Order_17-paid")).isEqualTo("Order_17-paid");
    assertThat(NamePolicy.eventId("9".repeat(64))).hasSize(64);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a b", "a\n", "é", "a\"b", "a/b"})
  void another_event_id_is_refused(String id) {
    assertRefused(ErrorCode.INVALID_REQUEST, () -> NamePolicy.eventId(id))
        .hasMessageStartingWith("id must");
    assertRefused(ErrorCode.INVALID_REQUEST, () -> NamePolicy.eventId("a".repeat(65)));
  }
}
