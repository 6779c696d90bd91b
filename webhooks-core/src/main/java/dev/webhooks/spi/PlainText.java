package dev.webhooks.spi;

import java.util.UUID;

/** Stores secrets as they are. */
enum PlainText implements SecretCipher {
  INSTANCE;

  @Override
  public byte[] encrypt(UUID webhook, byte[] plain) {
    return plain.clone();
  }

  /** A host that has lost its key would otherwise sign with what is encrypted. */
  @Override
  public byte[] decrypt(UUID webhook, byte[] stored) {
    if (isEncrypted(stored)) {
      throw new IllegalStateException(
          "what is stored for webhook " + webhook + " is encrypted, and there is no secretCipher");
    }
    return stored.clone();
  }

  @Override
  public boolean isCurrent(byte[] stored) {
    return !isEncrypted(stored);
  }

  static boolean isEncrypted(byte[] stored) {
    return stored.length > 0 && stored[0] >= FIRST_MARK && stored[0] <= LAST_MARK;
  }

  @Override
  public String toString() {
    return "SecretCipher.none()";
  }
}
