package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Derives the bytes that key the HMAC from a secret's text. */
final class SigningKey {
  private static final String ENCODED_PREFIX = "whsec_";

  private SigningKey() {}

  /** Returns the UTF-8 bytes of the whole secret. */
  static byte[] ofText(Secret secret) {
    return requireKey(secret.reveal().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns what follows {@code whsec_}, decoded, or the UTF-8 bytes of any other secret. */
  static byte[] decoded(Secret secret) {
    String text = secret.reveal();
    return text.startsWith(ENCODED_PREFIX)
        ? requireKey(decode(text.substring(ENCODED_PREFIX.length())))
        : ofText(secret);
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      // Without the cause, whose message quotes a part of the secret.
      throw new IllegalArgumentException("the secret is not valid base64 after " + ENCODED_PREFIX);
    }
  }

  private static byte[] requireKey(byte[] key) {
    if (key.length == 0) {
      throw new IllegalArgumentException("the secret is empty");
    }
    return key;
  }
}
