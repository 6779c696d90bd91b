package dev.webhooks.testing.canary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Unmistakable texts that stand for secrets, and the search for them, or for any longer part of
 * them, in what was said: plain, in base64, in hexadecimal, or as the numbers of a byte array.
 *
 * <p>Thread-safe.
 */
public final class Canaries {
  /** A part of twice this length is found for certain. */
  private static final int FRAGMENT = 8;

  private static final int LENGTH = 32;
  private static final String ENCODED_PREFIX = "whsec_";

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Random random = new Random(LENGTH);

  /**
   * Makes a canary of letters.
   *
   * @param name what it stands for
   */
  public synchronized String make(String name) {
    StringBuilder text = new StringBuilder();
    random.ints(LENGTH, 'a', 'z' + 1).forEach(text::appendCodePoint);
    return note(name, text.toString());
  }

  /**
   * Takes a secret that somebody else made for a canary.
   *
   * @param name what it stands for
   * @param secret the secret
   * @return the secret
   */
  public synchronized String note(String name, String secret) {
    texts.put(name + " #" + texts.size(), secret);
    return secret;
  }

  /** Returns the names of those canaries of which a text shows a part. */
  public synchronized Set<String> in(String text) {
    Set<String> found = new TreeSet<>();
    texts.forEach((name, secret) -> {
      if (fragments(secret).stream().anyMatch(text::contains)) {
        found.add(name);
      }
    });
    return found;
  }

  /** Writes them to a file, for another process to search for. */
  public synchronized void save(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    texts.forEach((name, secret) -> lines.add(name + "=" + secret));
    Files.write(file, lines);
  }

  /** Reads what {@link #save} wrote. */
  public static Canaries load(Path file) throws IOException {
    Canaries canaries = new Canaries();
    for (String line : Files.readAllLines(file)) {
      int end = line.indexOf('=');
      canaries.texts.put(line.substring(0, end), line.substring(end + 1));
    }
    return canaries;
  }

  private static List<String> fragments(String secret) {
    boolean encoded = secret.startsWith(ENCODED_PREFIX);
    String distinctive = encoded ? secret.substring(ENCODED_PREFIX.length()) : secret;
    byte[] bytes = distinctive.getBytes(StandardCharsets.UTF_8);
    List<String> fragments = new ArrayList<>(pieces(distinctive, FRAGMENT));
    fragments.addAll(pieces(HexFormat.of().formatHex(bytes), 2 * FRAGMENT));
    fragments.addAll(pieces(HexFormat.of().withUpperCase().formatHex(bytes), 2 * FRAGMENT));
    // Base64 looks different at each of three offsets; the last characters depend on what follows.
    for (int offset = 0; offset < 3; offset++) {
      byte[] shifted = Arrays.copyOfRange(bytes, offset, bytes.length / 3 * 3 - 3 + offset);
      fragments.addAll(pieces(Base64.getEncoder().encodeToString(shifted), FRAGMENT));
    }
    for (int start = 0; start + FRAGMENT <= bytes.length; start += FRAGMENT) {
      String numbers = Arrays.toString(Arrays.copyOfRange(bytes, start, start + FRAGMENT));
      fragments.add(numbers.substring(1, numbers.length() - 1));
    }
    return fragments;
  }

  private static List<String> pieces(String text, int length) {
    List<String> pieces = new ArrayList<>();
    for (int start = 0; start + length <= text.length(); start += length) {
      pieces.add(text.substring(start, start + length));
    }
    return pieces;
  }
}
