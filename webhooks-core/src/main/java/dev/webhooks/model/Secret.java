package dev.webhooks.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Objects;

/**
 * Holds a signing secret so that it cannot be printed by accident: {@link #toString()} shows a
 * mask, and only {@link #reveal()} gives the text.
 *
 * <p>Immutable and thread-safe. Two secrets are equal if their text is; the comparison takes the
 * same time wherever they differ.
 */
public final class Secret {
  private final String text;

  private Secret(String text) {
    this.text = Objects.requireNonNull(text, "text");
  }

  /**
   * Wraps a secret's text; whether it is long enough is checked where it is registered.
   *
   * @param text the secret, as the receiver knows it
   */
  public static Secret of(String text) {
    return new Secret(text);
  }

  /** Returns the secret's text: show it once to its owner, and never log it. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret that && MessageDigest.isEqual(units(text), units(that.text));
  }

  /** UTF-8 would have a question mark for half a surrogate pair, and so for two different ones. */
  private static byte[] units(String text) {
    ByteBuffer units = ByteBuffer.allocate(text.length() * Character.BYTES);
    units.asCharBuffer().put(text);
    return units.array();
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns a mask that tells nothing of the secret, not even its length. */
  @Override
  public String toString() {
    return "Secret[hidden]";
  }
}
