package dev.webhooks.management;

import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.WebhookException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the hash of a token with that of every known one, so that the time it takes does not
 * depend on how much of a token, or which, was right.
 */
final class FixedTokens implements Authenticator {
  private final List<Entry> entries;

  FixedTokens(Map<String, String> accounts) {
    this.entries = accounts.entrySet().stream()
        .map(entry -> new Entry(hash(sendable(entry.getKey())), valid(entry.getValue())))
        .toList();
  }

  @Override
  public Optional<String> authenticate(String token) {
    byte[] given = hash(token);
    Optional<String> account = Optional.empty();
    for (Entry entry : entries) {
      if (MessageDigest.isEqual(entry.hash, given)) {
        account = Optional.of(entry.account);
      }
    }
    return account;
  }

  private static String sendable(String token) {
    if (!Bearer.isToken(token)) {
      // Without the token, which is a secret.
      throw new IllegalArgumentException(
          "a token must be 1 to " + Bearer.MAX_LENGTH + " visible ASCII characters");
    }
    return token;
  }

  private static String valid(String account) {
    try {
      return NamePolicy.account(account);
    } catch (WebhookException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static byte[] hash(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private record Entry(byte[] hash, String account) {}
}
