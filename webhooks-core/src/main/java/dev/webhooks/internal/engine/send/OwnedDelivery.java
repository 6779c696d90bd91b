package dev.webhooks.internal.engine.send;

import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;

/**
 * A delivery in memory whose row carries this instance's number, or is about to.
 *
 * @param owner the number of the instance, which changes when it registers anew
 * @param delivery the data that an attempt needs
 * @param probe true if this delivery probes a suspended endpoint
 */
public record OwnedDelivery(long owner, ClaimedDelivery delivery, boolean probe) {
  public OwnedDelivery(long owner, ClaimedDelivery delivery) {
    this(owner, delivery, false);
  }

  public ClaimRef claim() {
    return delivery.claim();
  }

  public DeliveryRef ref() {
    return claim().ref();
  }

  public long webhook() {
    return ref().webhook();
  }

  public int bytes() {
    return delivery.body().length;
  }

  /** Returns this delivery under the claim that the store has given it. */
  public OwnedDelivery under(ClaimRef claim) {
    return new OwnedDelivery(owner, delivery.under(claim), probe);
  }

  boolean isSendable(WebhookConfiguration configuration) {
    return configuration.sendable() || (probe && configuration.probeable());
  }

  @Override
  public String toString() {
    return "OwnedDelivery[" + ref() + ", claim " + claim().number() + "]";
  }
}
