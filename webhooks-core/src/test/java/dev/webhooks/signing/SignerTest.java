package dev.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.Secret;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignerTest {
  @Test
  void the_default_signs_by_both_schemes() {
    Signer signer = Signer.standard();

    assertThat(signer.sign("evt_1", Instant.EPOCH, new byte[0], List.of(Secret.of("secret"))))
        .containsOnlyKeys(
            "X-Webhook-Signature", "webhook-id", "webhook-timestamp", "webhook-signature");
    assertThat(signer.headerNames())
        .containsExactlyInAnyOrder(
            "X-Webhook-Signature", "webhook-id", "webhook-timestamp", "webhook-signature");
  }

  @Test
  void a_signer_needs_a_scheme() {
    assertThatThrownBy(Signer::of)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one");
  }

  @Test
  void schemes_that_write_the_same_header_are_refused() {
    assertThatThrownBy(() -> Signer.of(
            SignatureScheme.timestamped("X-Signature"), SignatureScheme.bodyOnly("x-signature")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x-signature");
  }
}
