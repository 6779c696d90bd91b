package dev.webhooks.idempotency;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A SHA-256 digest of what a request asks for, so that the same key with another request is noticed
 * without storing the request. Two requests have the same fingerprint exactly if the same parts
 * were added in the same order.
 *
 * <p>Immutable and thread-safe; the builder is not.
 */
public final class Fingerprint {
  /** The most levels of objects and arrays that the JSON in a fingerprint has. */
  public static final int MAX_JSON_DEPTH = 1000;

  private static final int LENGTH = 32;

  private final byte[] digest;

  private Fingerprint(byte[] digest) {
    this.digest = digest;
  }

  /** Starts a fingerprint of an operation. */
  public static Builder of(String operation) {
    return new Builder().add(operation);
  }

  /**
   * Restores a fingerprint from {@link #bytes()}.
   *
   * @throws IllegalArgumentException if it is not 32 bytes long
   */
  public static Fingerprint fromBytes(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new IllegalArgumentException(
          "a fingerprint has " + LENGTH + " bytes, not " + bytes.length);
    }
    return new Fingerprint(bytes.clone());
  }

  /** Returns the 32 bytes of the digest. */
  public byte[] bytes() {
    return digest.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint that && Arrays.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }

  /** Returns the digest in hexadecimal. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest);
  }

  /**
   * Collects the parts of a request. Each part is framed by its length, so that no two lists of
   * parts look alike.
   */
  public static final class Builder {
    private final MessageDigest sha256;

    private Builder() {
      try {
        sha256 = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java platform has SHA-256", e);
      }
    }

    /** Adds a text; null differs from every text. */
    public Builder add(@Nullable String part) {
      if (part == null) {
        return length(-1);
      }
      ExactText text = new ExactText(part.length());
      text.text(part.toCharArray(), 0, part.length());
      return add(text);
    }

    /** Adds bytes. */
    public Builder add(byte[] part) {
      length(part.length);
      sha256.update(part);
      return this;
    }

    /**
     * Adds a JSON value. Blanks, the order of keys and the way a string is escaped do not count;
     * the order of arrays does, and so does the way a number is written. Takes time and memory in
     * proportion to the size, for JSON of a depth that does not grow with it.
     *
     * @param json one JSON value in UTF-8, whose objects have no key twice
     * @throws IllegalArgumentException if it is not JSON, or deeper than {@value #MAX_JSON_DEPTH}
     */
    public Builder addJson(byte[] json) {
      return add(CanonicalJson.of(json));
    }

    /** Adds a list of texts, as one part. */
    public Builder add(Collection<String> parts) {
      length(parts.size());
      parts.forEach(this::add);
      return this;
    }

    /** Returns the fingerprint of what was added; the builder cannot be used afterwards. */
    public Fingerprint build() {
      return new Fingerprint(sha256.digest());
    }

    private Builder add(ExactText part) {
      length(part.size());
      sha256.update(part.array(), 0, part.size());
      return this;
    }

    private Builder length(int length) {
      sha256.update(new byte[] {
        (byte) (length >> 24), (byte) (length >> 16), (byte) (length >> 8), (byte) length
      });
      return this;
    }
  }
}
