package dev.webhooks.internal.engine.send;

import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Holding;
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

  public Holding holding() {
    return delivery.holding();
  }

  public DeliveryRef ref() {
    return holding().ref();
  }

  public long webhook() {
    return ref().webhook();
  }

  public int bytes() {
    return delivery.body().length;
  }

  /** Returns this delivery under the claim that the store has given it. */
  public OwnedDelivery under(Holding holding) {
    return new OwnedDelivery(owner, delivery.under(holding), probe);
  }

  boolean isSendable(WebhookConfiguration configuration) {
    return configuration.sendable() || (probe && configuration.probeable());
  }

  @Override
  public String toString() {
    return "OwnedDelivery[" + ref() + ", claim " + holding().claim() + "]";
  }
}
