package dev.webhooks.model;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A webhook whose secret was just rotated, with the new secret if the library generated it.
 *
 * @param webhook the webhook
 * @param generatedSecret the generated secret, or null if the caller gave one
 */
public record RotatedSecret(Webhook webhook, @Nullable Secret generatedSecret) {
  /** Refuses null for what must be present. */
  public RotatedSecret {
    Objects.requireNonNull(webhook, "webhook");
  }

  /** Returns the generated secret, which is shown this once; empty if the caller gave one. */
  public Optional<Secret> secret() {
    return Optional.ofNullable(generatedSecret);
  }
}
