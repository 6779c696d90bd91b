package dev.webhooks.examples.restserver;

import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.management.Authenticator;
import dev.webhooks.management.PortalOptions;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.SecretCipher;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Understands the texts of variables. What is wrong is an {@link IllegalArgumentException} that
 * never quotes what may be a secret.
 */
final class Values {
  private static final String PLAIN = "plain";

  private Values() {}

  static int integer(String text, int least, int most) {
    if (text.matches("[0-9]{1,9}")) {
      int value = Integer.parseInt(text);
      if (value >= least && value <= most) {
        return value;
      }
    }
    throw new IllegalArgumentException("must be a number from " + least + " to " + most);
  }

  /**
   * Reads {@code token=account} pairs; the last equals sign counts, since Base64 ends with some.
   */
  static Map<String, String> tokens(String text) {
    Map<String, String> tokens = new LinkedHashMap<>();
    String[] pairs = text.split(",", -1);
    for (int i = 0; i < pairs.length; i++) {
      String pair = pairs[i].strip();
      int equals = pair.lastIndexOf('=');
      try {
        require(equals >= 0, "must look like token=account");
        require(
            tokens.put(pair.substring(0, equals), pair.substring(equals + 1)) == null,
            "has the token of another pair");
        Authenticator.ofTokens(tokens);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "has a bad pair, number " + (i + 1) + ": " + e.getMessage());
      }
    }
    return tokens;
  }

  /** Reads an option of the portal, whose refusal says what it takes. */
  static Function<String, PortalOptions> portal(Function<String, PortalOptions> option) {
    return text -> {
      try {
        return option.apply(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("is refused: " + e.getMessage());
      }
    };
  }

  static List<String> targets(String text) {
    List<String> targets = list(text);
    TargetRules.publicOnly().allowing(targets.toArray(String[]::new));
    return targets;
  }

  /**
   * Reads keys, of which the first encrypts and all decrypt; the word {@code plain} behind them
   * says that what was stored without a key is read too.
   */
  static SecretCipher cipher(String text) {
    try {
      List<String> parts = list(text);
      boolean plain = parts.get(parts.size() - 1).equals(PLAIN);
      byte[][] keys = parts.subList(0, parts.size() - (plain ? 1 : 0)).stream()
          .map(Base64.getDecoder()::decode)
          .toArray(byte[][]::new);
      require(keys.length > 0, "no key");
      SecretCipher cipher =
          AesGcmSecretCipher.of(keys[0], Arrays.copyOfRange(keys, 1, keys.length));
      return plain ? cipher.alsoReadingPlainText() : cipher;
    } catch (IllegalArgumentException e) {
      // Without the decoder's message, which quotes the text.
      throw new IllegalArgumentException("must be 32 bytes in Base64, or several such keys");
    }
  }

  static List<String> list(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw new IllegalArgumentException(rule);
    }
  }
}
