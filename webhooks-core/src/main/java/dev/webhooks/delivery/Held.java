package dev.webhooks.delivery;

import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Holding;

/**
 * A delivery in this instance's memory: the row carries the instance's number, or is about to.
 *
 * @param owner the number of the instance, which changes when it is declared dead and registers
 *     anew
 * @param delivery what the attempt needs
 */
record Held(long owner, ClaimedDelivery delivery) {
  DeliveryRef ref() {
    return delivery.holding().ref();
  }

  Holding holding() {
    return delivery.holding();
  }

  long webhook() {
    return ref().webhook();
  }

  int bytes() {
    return delivery.body().length;
  }

  /** Returns this delivery under the claim number that the store gave it. */
  Held under(Holding holding) {
    return new Held(
        owner,
        new ClaimedDelivery(
            holding,
            delivery.event(),
            delivery.eventId(),
            delivery.eventType(),
            delivery.attempts(),
            delivery.createdAt(),
            delivery.body()));
  }

  @Override
  public String toString() {
    return "Held[" + ref() + ", claim " + holding().claim() + "]";
  }
}
