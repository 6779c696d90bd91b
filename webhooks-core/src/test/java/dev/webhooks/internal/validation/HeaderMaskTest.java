package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HeaderMaskTest {
  @Test
  void every_value_is_hidden_except_those_known_to_be_harmless() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-Api-Key", "secret");
    headers.put("ACCEPT", "application/json");
    headers.put("X-Unknown", "x");

    assertThat(HeaderMask.mask(headers))
        .containsExactly(
            Map.entry("X-Api-Key", "********"),
            Map.entry("ACCEPT", "application/json"),
            Map.entry("X-Unknown", "********"));
    assertThat(HeaderMask.hides("Authorization")).isTrue();
    assertThat(HeaderMask.hides("Accept-Language")).isFalse();
  }

  @Test
  void a_mask_keeps_the_stored_value_whatever_the_case_of_the_name() {
    Map<String, String> stored = Map.of("X-Api-Key", "secret", "X-Old", "old");
    Map<String, String> given = new LinkedHashMap<>();
    given.put("x-api-key", HeaderMask.MASK);
    given.put("X-New", "new");
    given.put("X-Old", "changed");

    assertThat(HeaderMask.unmask(given, stored))
        .containsExactly(
            Map.entry("x-api-key", "secret"),
            Map.entry("X-New", "new"),
            Map.entry("X-Old", "changed"));
  }

  @Test
  void what_was_masked_can_be_written_back() {
    Map<String, String> stored = Map.of("X-Api-Key", "secret", "Accept", "text/plain");

    assertThat(HeaderMask.unmask(HeaderMask.mask(stored), stored)).isEqualTo(stored);
  }

  @Test
  void a_mask_without_a_stored_value_is_refused() {
    assertRefused(
            ErrorCode.INVALID_HEADER,
            () -> HeaderMask.unmask(Map.of("X-\nNew", HeaderMask.MASK), Map.of("X-Old", "secret")))
        .hasMessage("header \"X-?New\" has the mask for a value, but no stored value");
  }
}
