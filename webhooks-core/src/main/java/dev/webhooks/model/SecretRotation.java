package dev.webhooks.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Describes how a webhook gets a new secret. Each method returns a changed copy.
 *
 * <p>Immutable and thread-safe. Nothing is validated here; {@code rotateSecret} validates all of
 * it.
 */
public final class SecretRotation {
  /** The most hours for which the old secret goes on signing: a week. */
  public static final int MAX_OVERLAP_HOURS = 168;

  private static final int DEFAULT_OVERLAP_HOURS = 24;

  private final @Nullable Secret secret;
  private final int overlapHours;

  private SecretRotation(@Nullable Secret secret, int overlapHours) {
    this.secret = secret;
    this.overlapHours = overlapHours;
  }

  /** Returns a rotation to a secret that the library generates, with an overlap of 24 hours. */
  public static SecretRotation generated() {
    return new SecretRotation(null, DEFAULT_OVERLAP_HOURS);
  }

  /**
   * Returns a rotation to a given secret, with an overlap of 24 hours.
   *
   * @param secret 16 to 256 characters, or {@code whsec_} and the base64 of 24 to 64 bytes; null
   *     lets the library generate one
   */
  public static SecretRotation to(@Nullable String secret) {
    return new SecretRotation(secret == null ? null : Secret.of(secret), DEFAULT_OVERLAP_HOURS);
  }

  /**
   * Sets for how long the old secret signs too, so that receivers can change over.
   *
   * @param hours 0, which drops the old secret at once, to 168
   */
  public SecretRotation overlapHours(int hours) {
    return new SecretRotation(secret, hours);
  }

  /** Returns the new secret; empty lets the library generate one. */
  public Optional<Secret> secret() {
    return Optional.ofNullable(secret);
  }

  /** Returns for how many hours the old secret signs too. */
  public int overlapHours() {
    return overlapHours;
  }

  /** Returns a text without the secret. */
  @Override
  public String toString() {
    return "SecretRotation[secret=" + (secret == null ? "generated" : "given") + ", overlapHours="
        + overlapHours + "]";
  }
}
