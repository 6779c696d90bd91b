package dev.webhooks.spi;

import java.util.UUID;

/**
 * Encrypts secrets and headers before they are stored. Implementations are thread-safe.
 *
 * <p>What is stored is bound to the webhook's id, so that a row copied to another webhook cannot be
 * decrypted. It begins with a byte from {@value #FIRST_MARK} to {@value #LAST_MARK}, with which no
 * plain text begins: that is how what was stored without a key is told from what was not.
 */
public interface SecretCipher {
  /** The smallest byte with which something encrypted begins. */
  int FIRST_MARK = 1;

  /** The largest byte with which something encrypted begins. */
  int LAST_MARK = 8;

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

  /**
   * Returns whether something is stored as {@link #encrypt} would store it now, under the same key:
   * it then need not be encrypted anew. Unless it is overridden nothing is, so that
   * {@code Webhooks.reencrypt()} encrypts everything anew each time.
   *
   * @param stored what was stored
   */
  default boolean isCurrent(byte[] stored) {
    return false;
  }

  /**
   * Returns a cipher that also reads what was stored before there was a key; it encrypts all that
   * it stores. For a host that gets its first key, until {@code Webhooks.reencrypt()} has encrypted
   * everything: as long as it is used, whoever may write to the database can put a secret of his
   * own in the place of an encrypted one.
   */
  default SecretCipher alsoReadingPlainText() {
    return new PlainTextReader(this);
  }

  /**
   * Returns the default, which stores secrets as they are. It refuses to take something encrypted
   * for a secret.
   */
  static SecretCipher none() {
    return PlainText.INSTANCE;
  }
}
