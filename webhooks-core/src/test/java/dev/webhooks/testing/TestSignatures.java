package dev.webhooks.testing;

import dev.webhooks.model.Secret;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.Verification;
import dev.webhooks.signing.WebhookVerifier;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Remembers which secrets signed last, so that a receiver that was given no secret can verify. Not
 * thread-safe.
 */
final class TestSignatures {
  private final List<SignatureScheme> schemes;
  private List<Secret> lastSecrets = List.of();

  TestSignatures(List<SignatureScheme> schemes) {
    this.schemes = schemes;
  }

  /** Returns the schemes to configure the library with. */
  SignatureScheme[] recording() {
    return schemes.stream().map(Recording::new).toArray(SignatureScheme[]::new);
  }

  /**
   * Returns whether each scheme accepts a request with a secret, or with those that signed last.
   */
  boolean accept(
      Map<String, String> headers, byte[] body, List<Secret> known, InstantSource clock) {
    List<Secret> secrets = known.isEmpty() ? lastSecrets : known;
    return !secrets.isEmpty()
        && schemes.stream().allMatch(scheme -> {
          WebhookVerifier.Builder verifier =
              WebhookVerifier.builder().schemes(scheme).clock(clock);
          secrets.forEach(secret -> verifier.secret(secret.reveal()));
          return verifier.build().verify(headers, body).isAccepted();
        });
  }

  private final class Recording implements SignatureScheme {
    private final SignatureScheme scheme;

    Recording(SignatureScheme scheme) {
      this.scheme = scheme;
    }

    @Override
    public Set<String> headerNames() {
      return scheme.headerNames();
    }

    @Override
    public Map<String, String> sign(
        String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
      lastSecrets = List.copyOf(secrets);
      return scheme.sign(eventId, timestamp, body, secrets);
    }

    @Override
    public Verification verify(
        Function<String, String> headers,
        byte[] body,
        List<Secret> secrets,
        SignatureScheme.Freshness freshness) {
      return scheme.verify(headers, body, secrets, freshness);
    }
  }
}
