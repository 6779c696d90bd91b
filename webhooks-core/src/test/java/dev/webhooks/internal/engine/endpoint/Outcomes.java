package dev.webhooks.internal.engine.endpoint;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import java.time.Instant;
import java.util.UUID;

/** Outcomes of attempts, made up. */
public final class Outcomes {
  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

  private Outcomes() {}

  public static AttemptOutcome outcome(DeliveryError error, Integer status) {
    ClaimRef claim = new ClaimRef(new DeliveryRef(1, UUID.randomUUID()), 1);
    DeliveryStatus end = error == null ? DeliveryStatus.SUCCESS : DeliveryStatus.FAILED;
    return new AttemptOutcome(claim, 1, START, 2_000, status, error, new byte[0], end, null);
  }
}
