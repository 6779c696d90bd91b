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

  /**
   * Never given a key, only copied: to look the algorithm up for each message takes a good part of
   * the time in which a small one is signed. Found with its provider, since a copy would otherwise
   * share a lock with the others.
   */
  private static final Mac FOUND = find();

  private final Mac mac;

  HmacSha256() {
    mac = copyOrFind();
  }

  private static Mac copyOrFind() {
    try {
      return (Mac) FOUND.clone();
    } catch (CloneNotSupportedException e) {
      return find(); // A provider need not know how to copy.
    }
  }

  private static Mac find() {
    try {
      return Mac.getInstance(ALGORITHM, Mac.getInstance(ALGORITHM).getProvider());
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
