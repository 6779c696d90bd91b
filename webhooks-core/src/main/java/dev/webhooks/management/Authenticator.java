package dev.webhooks.management;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Turns the bearer token of a request into the account that it may manage. Implemented by the host;
 * called by many threads at once.
 *
 * <p>Do not compare tokens with {@code equals}, whose time tells how much of a token was right.
 * Look up a hash of the token instead, for example its SHA-256 as the key of a table, and store
 * nothing but the hashes; or compare with {@link java.security.MessageDigest#isEqual}. How often a
 * caller may try is up to the host.
 *
 * <p>A {@link dev.webhooks.model.WebhookException} that it throws is answered with its code;
 * anything else that it throws is an unexpected fault, as is an account with a malformed id. The
 * log shows the type and the stack of such an exception, and not its message, which may quote the
 * token.
 */
@FunctionalInterface
public interface Authenticator {
  /**
   * Returns the account that a token stands for, or empty if the token is unknown.
   *
   * @param token 1 to 4,096 visible ASCII characters; never log it
   */
  Optional<String> authenticate(String token);

  /**
   * Returns an authenticator for a fixed set of tokens. How long it takes tells nothing of the
   * tokens, and it keeps only their hashes.
   *
   * @param accounts the account of each token; copied
   * @throws IllegalArgumentException if a token could never be sent (it is empty, longer than 4,096
   *     characters or not visible ASCII), or an account's id is malformed
   */
  static Authenticator ofTokens(Map<String, String> accounts) {
    return new FixedTokens(Objects.requireNonNull(accounts, "accounts"));
  }
}
