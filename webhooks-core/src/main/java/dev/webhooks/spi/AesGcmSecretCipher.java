package dev.webhooks.spi;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts with AES-256-GCM: a random nonce of 96 bits for every value, and the webhook's id as
 * associated data. Immutable and thread-safe.
 *
 * <p>What is stored names the key by an id that is derived from it, so keys can be changed, in
 * three steps that each reach all instances before the next one:
 *
 * <ol>
 *   <li>{@code of(oldKey, newKey)}: all can read what the new key will encrypt.
 *   <li>{@code of(newKey, oldKey)}: the new one encrypts. {@code Webhooks.reencrypt()} then
 *       encrypts what is left of the old one, and says when nothing is.
 *   <li>{@code of(newKey)}.
 * </ol>
 *
 * <p>It never falls back to plain text: what was stored before there was a key is read only if
 * {@link #alsoReadingPlainText} says so.
 *
 * <p>A key is good for 2<sup>32</sup> values, which random nonces allow.
 */
public final class AesGcmSecretCipher implements SecretCipher {
  /** The number of bytes of a key. */
  public static final int KEY_BYTES = 32;

  // The stored form: format, id of the key, nonce, then the encrypted bytes with their tag.
  private static final byte FORMAT = FIRST_MARK;
  private static final int ID_BYTES = 8;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int HEADER_BYTES = 1 + ID_BYTES;
  private static final int OVERHEAD = HEADER_BYTES + NONCE_BYTES + TAG_BYTES;

  private final SecureRandom random = new SecureRandom();
  private final Key current;
  private final Map<String, Key> byId = new LinkedHashMap<>();

  private AesGcmSecretCipher(byte[] key, byte[][] otherKeys) {
    current = Key.of(key);
    byId.put(current.name(), current);
    for (byte[] other : otherKeys) {
      Key known = Key.of(other);
      byId.put(known.name(), known);
    }
  }

  /**
   * Returns a cipher with the given keys, of which it keeps copies.
   *
   * @param key encrypts, and decrypts what it encrypted: 32 random bytes
   * @param otherKeys decrypt what they encrypted; 32 bytes each
   * @throws IllegalArgumentException if a key has not 32 bytes
   */
  public static AesGcmSecretCipher of(byte[] key, byte[]... otherKeys) {
    Objects.requireNonNull(key, "key");
    for (byte[] other : Objects.requireNonNull(otherKeys, "otherKeys")) {
      Objects.requireNonNull(other, "otherKeys");
    }
    return new AesGcmSecretCipher(key, otherKeys);
  }

  @Override
  public byte[] encrypt(UUID webhook, byte[] plain) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    byte[] header = header(current);
    try {
      byte[] sealed =
          cipher(Cipher.ENCRYPT_MODE, current, nonce, header, webhook).doFinal(plain);
      return ByteBuffer.allocate(plain.length + OVERHEAD)
          .put(header)
          .put(nonce)
          .put(sealed)
          .array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot encrypt with AES-256-GCM", e);
    }
  }

  @Override
  public byte[] decrypt(UUID webhook, byte[] stored) {
    if (stored.length < OVERHEAD || stored[0] != FORMAT) {
      throw unreadable(webhook, "was not encrypted by this cipher");
    }
    byte[] header = Arrays.copyOf(stored, HEADER_BYTES);
    byte[] nonce = Arrays.copyOfRange(stored, HEADER_BYTES, HEADER_BYTES + NONCE_BYTES);
    String name = HexFormat.of().formatHex(header, 1, HEADER_BYTES);
    Key key = byId.get(name);
    if (key == null) {
      throw unreadable(webhook, "was encrypted with a key that is not known here, " + name);
    }
    int sealedAt = HEADER_BYTES + NONCE_BYTES;
    try {
      return cipher(Cipher.DECRYPT_MODE, key, nonce, header, webhook)
          .doFinal(stored, sealedAt, stored.length - sealedAt);
    } catch (AEADBadTagException e) {
      throw unreadable(webhook, "was changed, or belongs to another webhook");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot decrypt with AES-256-GCM", e);
    }
  }

  /** {@inheritDoc} Looks at the key's id alone: whether the bytes were changed is not noticed. */
  @Override
  public boolean isCurrent(byte[] stored) {
    byte[] header = header(current);
    return stored.length >= OVERHEAD
        && Arrays.equals(stored, 0, HEADER_BYTES, header, 0, HEADER_BYTES);
  }

  /** Returns a text with the ids of the keys, the one that encrypts first, and without the keys. */
  @Override
  public String toString() {
    return "AesGcmSecretCipher" + byId.keySet();
  }

  private static byte[] header(Key key) {
    return ByteBuffer.allocate(HEADER_BYTES).put(FORMAT).put(key.id()).array();
  }

  private static Cipher cipher(int mode, Key key, byte[] nonce, byte[] header, UUID webhook)
      throws GeneralSecurityException {
    // Not shared, since a Cipher serves one thread.
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key.secret(), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    cipher.updateAAD(header);
    cipher.updateAAD(ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(webhook.getMostSignificantBits())
        .putLong(webhook.getLeastSignificantBits())
        .flip());
    return cipher;
  }

  private static IllegalStateException unreadable(UUID webhook, String why) {
    return new IllegalStateException("what is stored for webhook " + webhook + " " + why);
  }

  private record Key(byte[] id, SecretKeySpec secret) {
    static Key of(byte[] bytes) {
      if (bytes.length != KEY_BYTES) {
        throw new IllegalArgumentException(
            "a key has " + KEY_BYTES + " bytes, not " + bytes.length);
      }
      return new Key(Arrays.copyOf(idOf(bytes), ID_BYTES), new SecretKeySpec(bytes, "AES"));
    }

    /** Derives an id that tells nothing of the key. */
    private static byte[] idOf(byte[] key) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal("dev.webhooks: id of a key".getBytes(StandardCharsets.US_ASCII));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has HmacSHA256", e);
      }
    }

    String name() {
      return HexFormat.of().formatHex(id);
    }
  }
}
