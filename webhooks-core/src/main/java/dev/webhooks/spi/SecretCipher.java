package dev.webhooks.spi;

import java.util.UUID;

/**
 * Encrypts secrets and headers before they are stored. Implementations are thread-safe.
 *
 * <p>What is stored is bound to the webhook's id, so that a row copied to another webhook cannot be
 * decrypted.
 */
public interface SecretCipher {
  /**
   * Encrypts.
   *
   * @param webhook the id that the result is bound to
   * @param plain what to encrypt
   */
  byte[] encrypt(UUID webhook, byte[] plain);

  /**
   * Decrypts what {@link #encrypt} returned for the same webhook.
   *
   * @param webhook the id that the stored bytes are bound to
   * @param stored what was stored
   * @throws IllegalStateException if the key is unknown or the bytes were changed; the message
   *     holds no secret
   */
  byte[] decrypt(UUID webhook, byte[] stored);

  /** Returns the default, which stores secrets as they are. */
  static SecretCipher none() {
    return new SecretCipher() {
      @Override
      public byte[] encrypt(UUID webhook, byte[] plain) {
        return plain.clone();
      }

      @Override
      public byte[] decrypt(UUID webhook, byte[] stored) {
        return stored.clone();
      }
    };
  }
}
