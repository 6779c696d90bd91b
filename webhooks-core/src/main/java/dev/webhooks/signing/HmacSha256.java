package dev.webhooks.signing;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Computes HMAC-SHA256 (RFC 2104) of a message that is given in two parts, so that no body is
 * copied. One object serves one thread, for as many keys as wanted.
 *
 * <p>Made of the digest rather than of {@code javax.crypto.Mac}: nearly every message comes with a
 * key of its own, and to give a {@code Mac} its key takes a tenth of the time of the digest of 1
 * KB.
 */
final class HmacSha256 {
  private static final int BLOCK_LENGTH = 64;
  private static final int INNER_PAD = 0x36;
  private static final int OUTER_PAD = 0x5c;

  /**
   * Never given a byte, only copied, which any number of threads may do at once: to look the
   * algorithm up for each message takes a good part of the time in which a small one is signed.
   */
  private static final MessageDigest FOUND = find();

  private final MessageDigest sha256;

  HmacSha256() {
    sha256 = copyOrFind();
  }

  private static MessageDigest copyOrFind() {
    try {
      return (MessageDigest) FOUND.clone();
    } catch (CloneNotSupportedException e) {
      return find(); // A provider need not know how to copy.
    }
  }

  private static MessageDigest find() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  byte[] of(byte[] key, byte[] prefix, byte[] body) {
    byte[] shortKey = key.length > BLOCK_LENGTH ? sha256.digest(key) : key;
    sha256.update(pad(shortKey, INNER_PAD));
    sha256.update(prefix);
    sha256.update(body);
    byte[] inner = sha256.digest();
    sha256.update(pad(shortKey, OUTER_PAD));
    return sha256.digest(inner);
  }

  private static byte[] pad(byte[] key, int with) {
    byte[] block = new byte[BLOCK_LENGTH];
    Arrays.fill(block, (byte) with);
    for (int i = 0; i < key.length; i++) {
      block[i] ^= key[i];
    }
    return block;
  }
}
