package dev.webhooks.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SecretTest {
  @Test
  void secrets_are_equal_exactly_if_their_texts_are() {
    List<String> texts = List.of("", "?", "\ud800", "\udc00", "\ud83d\ude00", "ab", "ba", "a");
    for (String one : texts) {
      for (String other : texts) {
        assertThat(Secret.of(one).equals(Secret.of(new String(other.toCharArray()))))
            .isEqualTo(one.equals(other));
      }
    }
  }
}
