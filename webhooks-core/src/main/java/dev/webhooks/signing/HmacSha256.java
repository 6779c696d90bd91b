package dev.webhooks.signing;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Computes HMAC-SHA256 of a message that is given in two parts, so that no body is copied. One
 * object serves one thread, for as many keys as wanted.
 */
final class HmacSha256 {
  private static final String ALGORITHM = "HmacSHA256";

  private final Mac mac;

  HmacSha256() {
    try {
      mac = Mac.getInstance(ALGORITHM);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }

  byte[] of(byte[] key, byte[] prefix, byte[] body) {
    try {
      mac.init(new SecretKeySpec(key, ALGORITHM));
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("HMAC takes keys of every length", e);
    }
    mac.update(prefix);
    mac.update(body);
    return mac.doFinal();
  }
}
