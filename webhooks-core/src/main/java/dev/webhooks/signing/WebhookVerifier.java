package dev.webhooks.signing;

import dev.webhooks.internal.validation.SecretForm;
import dev.webhooks.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells a receiver whether a message comes from a sender that knows one of its secrets.
 *
 * <p>Verify the raw bytes of the body, before anything parses them, and drop a message whose
 * {@code webhook-id} was seen before. Immutable and thread-safe; the builder is not.
 */
public final class WebhookVerifier {
  /**
   * The most by which a message's timestamp may differ from now in either direction, unless
   * configured: 300 s.
   */
  public static final Duration DEFAULT_TOLERANCE = Duration.ofMinutes(5);

  private final List<Secret> secrets;
  private final List<SignatureScheme> schemes;
  private final Duration tolerance;
  private final InstantSource clock;

  private WebhookVerifier(Builder builder) {
    secrets = List.copyOf(builder.secrets);
    schemes = builder.schemes;
    tolerance = builder.tolerance;
    clock = builder.clock;
  }

  /**
   * Returns a verifier with the default schemes, tolerance and clock.
   *
   * @param secrets the secrets of which one must have signed: one, or two during a rotation
   * @throws IllegalArgumentException if there is none, or one cannot be a key or was copied with a
   *     mistake, such as a blank before {@code whsec_}; the message holds no secret
   */
  public static WebhookVerifier of(String... secrets) {
    Objects.requireNonNull(secrets, "secrets");
    Builder builder = builder();
    for (String secret : secrets) {
      builder.secret(Objects.requireNonNull(secret, "secrets"));
    }
    return builder.build();
  }

  /** Starts a verifier that accepts Standard Webhooks and the timestamped scheme. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Verifies a message. It never throws, whatever the headers and the body hold.
   *
   * @param headers the request's headers, whatever the case of their names
   * @param body the request's body as it was received
   */
  public Verification verify(Map<String, String> headers, byte[] body) {
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    return verify(name -> find(headers, name), body);
  }

  /**
   * Verifies a message. It never throws, whatever the headers and the body hold.
   *
   * @param headers returns the value of a header, whatever the case of its name, or null; for
   *     example {@code request::getHeader}
   * @param body the request's body as it was received
   */
  public Verification verify(Function<String, @Nullable String> headers, byte[] body) {
    Objects.requireNonNull(headers, "headers");
    Objects.requireNonNull(body, "body");
    SignatureScheme.Freshness freshness = new SignatureScheme.Freshness(clock.instant(), tolerance);
    Verification closest = Verification.MISSING_HEADER;
    for (SignatureScheme scheme : schemes) {
      Verification verification = scheme.verify(headers, body, secrets, freshness);
      if (verification.isAccepted()) {
        return verification;
      }
      // The reasons are declared in the order in which the checks are made.
      closest = verification.compareTo(closest) > 0 ? verification : closest;
    }
    return closest;
  }

  /** Returns a text without the secrets. */
  @Override
  public String toString() {
    return "WebhookVerifier[secrets=" + secrets.size() + ", tolerance=" + tolerance + "]";
  }

  private static @Nullable String find(Map<String, String> headers, String name) {
    for (Map.Entry<String, String> header : headers.entrySet()) {
      if (name.equalsIgnoreCase(header.getKey())) {
        return header.getValue();
      }
    }
    return null;
  }

  /** Collects the options of a verifier; not thread-safe. */
  public static final class Builder {
    private final List<Secret> secrets = new ArrayList<>();
    private List<SignatureScheme> schemes =
        List.of(SignatureScheme.standardWebhooks(), SignatureScheme.timestamped());
    private Duration tolerance = DEFAULT_TOLERANCE;
    private InstantSource clock = InstantSource.system();

    private Builder() {}

    /**
     * Adds a secret; a message signed with any of them is accepted.
     *
     * @param secret the secret's text, as the sender showed it
     */
    public Builder secret(String secret) {
      Objects.requireNonNull(secret, "secret");
      secrets.add(Secret.of(secret));
      return this;
    }

    /**
     * Sets the schemes of which one must accept, replacing the default.
     *
     * @param schemes at least one
     */
    public Builder schemes(SignatureScheme... schemes) {
      this.schemes = SchemeSupport.present(schemes);
      return this;
    }

    /**
     * Sets how far a message's timestamp may lie from now in either direction.
     *
     * @param tolerance zero or more; 300 s unless set
     */
    public Builder tolerance(Duration tolerance) {
      Objects.requireNonNull(tolerance, "tolerance");
      this.tolerance = tolerance;
      return this;
    }

    /**
     * Sets where the present time comes from.
     *
     * @param clock the system's clock unless set
     */
    public Builder clock(InstantSource clock) {
      Objects.requireNonNull(clock, "clock");
      this.clock = clock;
      return this;
    }

    /**
     * Builds the verifier.
     *
     * @throws IllegalArgumentException if there is no secret or no scheme, a secret cannot be a key
     *     or was copied with a mistake (see {@link SecretForm}), or the tolerance is negative;
     *     lists every such problem and holds no secret
     */
    public WebhookVerifier build() {
      List<String> problems = new ArrayList<>();
      if (secrets.isEmpty()) {
        problems.add("it has no secret");
      }
      if (schemes.isEmpty()) {
        problems.add("it has no signature scheme");
      }
      if (tolerance.isNegative()) {
        problems.add("the tolerance is negative");
      }
      secrets.forEach(secret -> tryOut(secret, problems));
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "cannot build the verifier: " + String.join("; ", problems));
      }
      return new WebhookVerifier(this);
    }

    /** Signs nothing with a secret, so that one no scheme can use is found now. */
    private void tryOut(Secret secret, List<String> problems) {
      Optional<String> mistake = SecretForm.mistake(secret.reveal());
      if (mistake.isPresent()) {
        problems.add("a secret " + mistake.get());
        return;
      }
      try {
        for (SignatureScheme scheme : schemes) {
          scheme.sign("id", Instant.EPOCH, new byte[0], List.of(secret));
        }
      } catch (IllegalArgumentException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
  }
}
