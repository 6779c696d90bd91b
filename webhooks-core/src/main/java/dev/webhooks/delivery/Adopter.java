package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Adopts what hosts have committed, on a thread of its own: a claim may take long, and what was
 * just committed is to be sent at once.
 *
 * <p>So a sweep for forgotten rows may come between the statement that gives this instance a row
 * and its answer. It leaves the row alone, which was noted in the ledger before {@link #adopt} had
 * returned. And a claim may come first; then it is the claim that brings the row in.
 */
final class Adopter {
  private static final Duration IDLE = Duration.ofSeconds(1);

  /** Rows that were committed and wait to be adopted; the ledger counts and bounds them. */
  private final ConcurrentLinkedQueue<Held> committed = new ConcurrentLinkedQueue<>();

  private final WebhookStore store;
  private final Ledger ledger;
  private final Arrivals arrivals;
  private final Poller poller;
  private final Duties duties;
  private volatile @Nullable Loop loop;
  private boolean arrived;

  Adopter(WebhookStore store, Ledger ledger, Arrivals arrivals, Poller poller, Troubles troubles) {
    this.store = store;
    this.ledger = ledger;
    this.arrivals = arrivals;
    this.poller = poller;
    this.duties = new Duties(troubles)
        .add("adopting committed deliveries", this::adopt, Duration.ZERO)
        .add("reading configurations of adopted deliveries", this::refreshConfigurations);
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
   * adopted is a doubt, and doubts are the poller's. So nothing rests after a failure.
   */
  Duration round() {
    return duties.round();
  }

  private Done adopt() {
    List<Held> reserved = arrivals.drain(committed);
    if (!reserved.isEmpty()) {
      long owner = reserved.get(0).owner();
      arrivals.bringIn(reserved, poller::doubt, refs -> store.queue().claimById(owner, refs));
      arrived = true;
    }
    return new Done(!reserved.isEmpty(), IDLE);
  }

  /** The poller would do it as well, but not at once. */
  private Done refreshConfigurations() {
    boolean some = arrived && arrivals.refreshConfigurations();
    arrived = false;
    return new Done(some, IDLE);
  }
}
