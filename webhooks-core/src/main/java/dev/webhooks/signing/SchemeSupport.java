package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks that the schemes share: of what a host configures and of what a stranger sent. */
final class SchemeSupport {
  /** Far more than any honest header has, and little work to look through. */
  private static final int MAX_HEADER_LENGTH = 8192;

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}");
  private static final Pattern UNIX_SECONDS = Pattern.compile("[0-9]{1,12}");

  private SchemeSupport() {}

  static String requireToken(String header, String name) {
    Objects.requireNonNull(header, name);
    if (!TOKEN.matcher(header).matches()) {
      throw new IllegalArgumentException(
          "\"" + header + "\" cannot name a header: it is not an RFC 9110 token");
    }
    return header;
  }

  /** Returns what a host gave; null is refused by the name of its parameter. */
  static List<SignatureScheme> present(SignatureScheme... schemes) {
    Objects.requireNonNull(schemes, "schemes");
    for (SignatureScheme scheme : schemes) {
      Objects.requireNonNull(scheme, "schemes");
    }
    return List.of(schemes);
  }

  /** Refuses null by its name, and a list without a secret. */
  static void requireSignable(
      String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
    Objects.requireNonNull(eventId, "eventId");
    Objects.requireNonNull(timestamp, "timestamp");
    Objects.requireNonNull(body, "body");
    requirePresent(secrets);
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("at least one secret must sign");
    }
  }

  /** Refuses null by its name. */
  static void requireVerifiable(
      Function<String, @Nullable String> headers,
      byte[] body,
      List<Secret> secrets,
      SignatureScheme.Freshness freshness) {
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    requirePresent(secrets);
    Objects.requireNonNull(freshness, "freshness");
  }

  private static void requirePresent(List<Secret> secrets) {
    for (Secret secret : Objects.requireNonNull(secrets, "secrets")) {
      Objects.requireNonNull(secret, "secrets");
    }
  }

  static boolean isTooLong(String header) {
    return header.length() > MAX_HEADER_LENGTH;
  }

  static Optional<Instant> unixSeconds(@Nullable String text) {
    return text != null && UNIX_SECONDS.matcher(text).matches()
        ? Optional.of(Instant.ofEpochSecond(Long.parseLong(text)))
        : Optional.empty();
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Ends the text so far with a separator, if there is any. */
  static void separate(StringBuilder text, char separator) {
    if (!text.isEmpty()) {
      text.append(separator);
    }
  }

  /** Returns the parts of a text between single separators. */
  static List<String> split(String text, char separator) {
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int end = text.indexOf(separator); end >= 0; end = text.indexOf(separator, start)) {
      parts.add(text.substring(start, end));
      start = end + 1;
    }
    parts.add(text.substring(start));
    return parts;
  }

  /** Compares each candidate with each expected text, all of them whatever the outcome. */
  static Verification compare(List<String> expected, List<String> candidates) {
    boolean match = false;
    for (String candidate : candidates) {
      byte[] given = utf8(candidate);
      for (String signature : expected) {
        match |= MessageDigest.isEqual(utf8(signature), given);
      }
    }
    return match ? Verification.ACCEPTED : Verification.NO_MATCH;
  }
}
