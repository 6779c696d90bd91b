package dev.webhooks.spi;

import java.util.UUID;

/**
 * Encrypts like another cipher, and reads plain text beside what that one reads.
 *
 * @param cipher the other one
 */
record PlainTextReader(SecretCipher cipher) implements SecretCipher {
  @Override
  public byte[] encrypt(UUID webhook, byte[] plain) {
    return cipher.encrypt(webhook, plain);
  }

  /** Never takes for plain text what looks encrypted, whatever is wrong with it. */
  @Override
  public byte[] decrypt(UUID webhook, byte[] stored) {
    return PlainText.isEncrypted(stored) ? cipher.decrypt(webhook, stored) : stored.clone();
  }

  @Override
  public boolean isCurrent(byte[] stored) {
    return PlainText.isEncrypted(stored) && cipher.isCurrent(stored);
  }

  @Override
  public SecretCipher alsoReadingPlainText() {
    return this;
  }
}
