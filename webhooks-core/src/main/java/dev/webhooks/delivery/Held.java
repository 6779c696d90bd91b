package dev.webhooks.delivery;

import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;

/**
 * A delivery in this instance's memory: the row carries the instance's number, or is about to.
 *
 * @param owner the number of the instance, which changes when it is declared dead and registers
 *     anew
 * @param delivery what the attempt needs
 * @param probe whether it may be sent although its endpoint is left alone, to see whether that can
 *     be reached
 */
record Held(long owner, ClaimedDelivery delivery, boolean probe) {
  Held(long owner, ClaimedDelivery delivery) {
    this(owner, delivery, false);
  }

  DeliveryRef ref() {
    return delivery.claim().ref();
  }

  ClaimRef claim() {
    return delivery.claim();
  }

  long webhook() {
    return ref().webhook();
  }

  int bytes() {
    return delivery.body().length;
  }

  /** Returns this delivery under the claim number that the store gave it. */
  Held under(ClaimRef claim) {
    return new Held(owner, delivery.under(claim), probe);
  }

  /** Returns whether this may be sent with a configuration. */
  boolean isSendable(WebhookConfiguration configuration) {
    return configuration.sendable() || (probe && configuration.probeable());
  }

  @Override
  public String toString() {
    return "Held[" + ref() + ", claim " + claim().number() + "]";
  }
}
