package dev.webhooks.idempotency;

import java.util.Arrays;

/**
 * Collects texts as bytes, such that different texts never give the same bytes. It is UTF-8, but
 * half a surrogate pair becomes three bytes of its own, where UTF-8 proper has a question mark for
 * every one. Not thread-safe.
 */
final class ExactText {
  private static final int MOST_BYTES = 4;

  private byte[] bytes;
  private int size;

  /** Creates an empty collection with room for a number of bytes; it grows as needed. */
  ExactText(int capacity) {
    bytes = new byte[capacity];
  }

  int size() {
    return size;
  }

  /** Returns the array whose first {@link #size()} bytes are the text. */
  byte[] array() {
    return bytes;
  }

  void ascii(char c) {
    reserve(1);
    bytes[size++] = (byte) c;
  }

  void text(char[] chars, int start, int length) {
    int end = start + length;
    for (int i = plain(chars, start, end); i < end; i = plain(chars, i, end)) {
      i += put(chars, i, end);
    }
  }

  /** Adds a text so that a quotation mark in it can be told from the one that ends it. */
  void quoted(char[] chars, int start, int length) {
    int end = start + length;
    ascii('"');
    for (int i = plain(chars, start, end); i < end; i = plain(chars, i, end)) {
      if (chars[i] == '"' || chars[i] == '\\') {
        ascii('\\');
      }
      i += put(chars, i, end);
    }
    ascii('"');
  }

  /** Replaces what was collected since a position by as many bytes. */
  void replaceFrom(int start, byte[] replacement) {
    System.arraycopy(replacement, 0, bytes, start, replacement.length);
  }

  /** Adds characters up to the first that is not plain ASCII, and returns where that is. */
  private int plain(char[] chars, int start, int end) {
    reserve(end - start);
    byte[] to = bytes;
    int at = size;
    int i = start;
    for (; i < end && chars[i] < 0x80 && chars[i] != '"' && chars[i] != '\\'; i++) {
      to[at++] = (byte) chars[i];
    }
    size = at;
    return i;
  }

  /** Adds one character and returns of how many Java has made it: 2 of a surrogate pair, else 1. */
  private int put(char[] chars, int index, int end) {
    reserve(MOST_BYTES);
    char c = chars[index];
    if (Character.isHighSurrogate(c)
        && index + 1 < end
        && Character.isLowSurrogate(chars[index + 1])) {
      int codePoint = Character.toCodePoint(c, chars[index + 1]);
      bytes[size++] = (byte) (0xf0 | (codePoint >> 18));
      putLast(codePoint >> 12);
      putLast(codePoint >> 6);
      putLast(codePoint);
      return 2;
    }
    if (c < 0x80) {
      bytes[size++] = (byte) c;
    } else if (c < 0x800) {
      bytes[size++] = (byte) (0xc0 | (c >> 6));
      putLast(c);
    } else {
      bytes[size++] = (byte) (0xe0 | (c >> 12));
      putLast(c >> 6);
      putLast(c);
    }
    return 1;
  }

  /** Adds the byte that carries the last six bits. */
  private void putLast(int bits) {
    bytes[size++] = (byte) (0x80 | (bits & 0x3f));
  }

  private void reserve(int more) {
    if (more > bytes.length - size) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }
}
