package dev.webhooks.validation;

import dev.webhooks.model.Secret;
import java.util.random.RandomGenerator;

/**
 * The rule for signing secrets. Implementations are thread-safe.
 *
 * <p>The library's rule takes 16 to 256 characters (code points) without control characters. What
 * follows {@code whsec_} must be the padded base64 of 24 to 64 bytes. A secret that was copied with
 * a mistake, such as {@code v1,whsec_}, is refused. Generated ones are {@code whsec_} and the
 * base64 of 32 random bytes.
 */
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
   * @param random the source of its bits: in production a {@link java.security.SecureRandom}
   */
  Secret generate(RandomGenerator random);
}
