package dev.webhooks.delivery;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adopts what hosts have committed, on a thread of its own: a claim may take long, and what was
 * just committed is to be sent at once.
 *
 * <p>So a sweep for forgotten rows may come between the statement that gives this instance a row
 * and its answer. It leaves the row alone, which was noted in the ledger before {@link #adopt} had
 * returned. And a claim may come first; then it is the claim that brings the row in.
 */
final class Adopter {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** What this holds is noted in the ledger, which bounds it. */
  private final ConcurrentLinkedQueue<Held> committed = new ConcurrentLinkedQueue<>();

  private final WebhookStore store;
  private final Ledger ledger;
  private final Arrivals arrivals;
  private final Poller poller;
  private volatile @Nullable Loop loop;

  Adopter(WebhookStore store, Ledger ledger, Arrivals arrivals, Poller poller) {
    this.store = store;
    this.ledger = ledger;
    this.arrivals = arrivals;
    this.poller = poller;
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  /**
   * Queues deliveries that a host says it has committed, as far as there is room for them; the next
   * claim finds the others. Never blocks.
   */
  void adopt(List<Held> deliveries) {
    long owner = ledger.owner();
    for (Held held : deliveries) {
      if (ledger.reserve(held.webhook(), held.ref().id(), held.bytes())) {
        committed.add(new Held(owner, held.delivery()));
      }
    }
    Loop sleeper = loop;
    if (sleeper != null && !committed.isEmpty()) {
      sleeper.wake();
    }
  }

  /**
   * One round of the loop. What the store has not answered to is not repeated here: whether it was
   * adopted is a doubt, and doubts are the poller's, as is the report that the store is away.
   */
  Duration round() {
    List<Held> reserved = arrivals.drain(committed);
    if (!reserved.isEmpty()) {
      try {
        long owner = reserved.get(0).owner();
        arrivals.bringIn(reserved, poller::doubt, refs -> store.queue().adopt(owner, refs));
        arrivals.refreshConfigurations();
      } catch (StoreUnavailableException e) {
        LOG.debug("the database did not answer while deliveries were adopted", e);
        poller.wake();
      }
    }
    return IDLE;
  }
}
