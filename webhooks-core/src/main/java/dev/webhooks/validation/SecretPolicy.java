package dev.webhooks.validation;

import dev.webhooks.model.Secret;
import java.util.random.RandomGenerator;

/** Decides which signing secrets webhooks may have. Implementations are thread-safe. */
public interface SecretPolicy {
  /**
   * Checks a secret and returns it unchanged.
   *
   * @param secret a secret that a caller chose
   * @throws dev.webhooks.model.WebhookException with {@code SECRET_TOO_SHORT} or
   *     {@code INVALID_REQUEST}; the message holds nothing of the secret
   */
  Secret validate(Secret secret);

  /**
   * Makes a secret that passes {@link #validate}.
   *
   * @param random where its bits come from: in production a {@link java.security.SecureRandom}
   */
  Secret generate(RandomGenerator random);

  /**
   * Returns the rule of the library: 16 to 256 characters (code points) without control characters;
   * one that starts with {@code whsec_} must be the padded base64 of 24 to 64 bytes after it. One
   * that was copied with a mistake, such as {@code v1,whsec_}, is refused; see
   * {@link dev.webhooks.signing.SecretForm}. Generated ones are {@code whsec_} and the base64 of 32
   * random bytes.
   */
  static SecretPolicy standard() {
    return new StandardSecretPolicy();
  }
}
