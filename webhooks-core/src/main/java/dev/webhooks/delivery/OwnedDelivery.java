package dev.webhooks.delivery;

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
record OwnedDelivery(long owner, ClaimedDelivery delivery, boolean probe) {
  OwnedDelivery(long owner, ClaimedDelivery delivery) {
    this(owner, delivery, false);
  }

  Holding holding() {
    return delivery.holding();
  }

  DeliveryRef ref() {
    return holding().ref();
  }

  long webhook() {
    return ref().webhook();
  }

  int bytes() {
    return delivery.body().length;
  }

  /** Returns this delivery under the claim that the store has given it. */
  OwnedDelivery under(Holding holding) {
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
