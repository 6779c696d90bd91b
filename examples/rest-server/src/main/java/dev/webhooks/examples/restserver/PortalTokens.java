package dev.webhooks.examples.restserver;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Issues the short-lived tokens with which the portal calls the API. A token says for which account
 * it is and when it ends, and is signed, so that nothing has to be stored:
 * {@code portal.<account>.<end>.<signature>}, the account in Base64.
 *
 * <p>The key is a new one at each start. A host with several processes gives all of them one key.
 */
final class PortalTokens {
  static final Duration LIFETIME = Duration.ofMinutes(15);

  private static final String PREFIX = "portal.";
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final byte[] key = new byte[KEY_BYTES];
  private final InstantSource clock;

  PortalTokens(InstantSource clock) {
    this.clock = clock;
    new SecureRandom().nextBytes(key);
  }

  /** Returns a token for an account; whoever has it is the account until the token ends. */
  String issue(String account) {
    String name = Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(account.getBytes(StandardCharsets.UTF_8));
    String claim = PREFIX + name + "." + clock.instant().plus(LIFETIME).getEpochSecond();
    return claim + "." + signature(claim);
  }

  /** Returns the account of a token that was issued here and has not ended. */
  Optional<String> account(String token) {
    int dot = token.lastIndexOf('.');
    if (!token.startsWith(PREFIX) || dot < PREFIX.length()) {
      return Optional.empty();
    }
    String claim = token.substring(0, dot);
    byte[] given = token.substring(dot + 1).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, signature(claim).getBytes(StandardCharsets.UTF_8))) {
      return Optional.empty();
    }
    // From here on it is what was issued, so it has the form.
    String[] parts = claim.split("\\.", -1);
    return clock.instant().getEpochSecond() < Long.parseLong(parts[2])
        ? Optional.of(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private String signature(String claim) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key, ALGORITHM));
      byte[] signature = mac.doFinal(claim.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
