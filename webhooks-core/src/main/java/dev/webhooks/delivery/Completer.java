package dev.webhooks.delivery;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the outcomes of attempts in batches and only then lets go of the deliveries.
 *
 * <p>While the database is away, outcomes wait in memory. There are at most as many as the ledger
 * holds deliveries, each with the beginning of an answer (16 KiB), and far fewer as a rule, since
 * attempts stop 8 s after the last beat. A batch that the database refuses for its data is halved
 * until the bad row is alone.
 */
final class Completer {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final int BATCH = 500;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ConcurrentLinkedQueue<Completion> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean asleep = new AtomicBoolean(true);
  private final WebhookStore store;
  private final Ledger ledger;
  private final InstantSource clock;
  private final Duration linger;
  private final StoreTrouble trouble;
  private final Consumer<Completion> written;
  private final Runnable roomFreed;
  private volatile @Nullable Loop loop;
  private boolean lingered;

  /**
   * Creates a completer.
   *
   * @param linger how long the first outcome of a batch waits for others
   * @param written is told of each outcome that changed its delivery
   * @param roomFreed is told after each batch that there is room for other deliveries
   */
  Completer(
      WebhookStore store,
      Ledger ledger,
      InstantSource clock,
      Duration linger,
      StoreTrouble trouble,
      Consumer<Completion> written,
      Runnable roomFreed) {
    this.store = store;
    this.ledger = ledger;
    this.clock = clock;
    this.linger = linger;
    this.trouble = trouble;
    this.written = written;
    this.roomFreed = roomFreed;
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  /** Takes over an outcome; never blocks. */
  void add(Completion completion) {
    waiting.add(completion);
    int count = size.incrementAndGet();
    Loop sleeper = loop;
    if (sleeper != null && (asleep.getAndSet(false) || count == BATCH)) {
      sleeper.wake();
    }
  }

  /** Writes what waits without lingering; returns whether the database took it. */
  boolean flush() {
    return waiting.isEmpty() || writeBatch().isZero();
  }

  int backlog() {
    return size.get();
  }

  /** One round of the loop: waits a moment for company, then writes a batch. */
  Duration round() {
    if (waiting.isEmpty()) {
      lingered = false;
      asleep.set(true);
      return waiting.isEmpty() ? IDLE : Duration.ZERO;
    }
    if (!lingered && !linger.isZero() && size.get() < BATCH) {
      lingered = true;
      return linger;
    }
    lingered = false;
    return writeBatch();
  }

  private Duration writeBatch() {
    List<Completion> batch = take();
    List<Completion> refused = new ArrayList<>();
    try {
      write(batch, refused);
    } catch (StoreUnavailableException e) {
      // What was written already is no longer held, so trying the whole batch again does nothing
      // twice.
      putBack(batch);
      return trouble.failed(e);
    } catch (RuntimeException | Error e) {
      // Else these deliveries would be held for ever.
      putBack(batch);
      throw e;
    }
    if (!refused.isEmpty()) {
      putBack(refused);
      return trouble.failed(new IllegalStateException(refused.size() + " outcomes were refused"));
    }
    trouble.over();
    roomFreed.run();
    return Duration.ZERO;
  }

  /** Writes a batch; rows that the database refuses are added to {@code refused}. */
  private void write(List<Completion> batch, List<Completion> refused) {
    List<Completion> current =
        batch.stream().filter(completion -> ledger.holds(completion.held())).toList();
    if (current.isEmpty()) {
      return;
    }
    Set<UUID> changed;
    try {
      changed = finish(current);
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (RuntimeException e) {
      halve(current, refused, e);
      return;
    }
    for (Completion completion : current) {
      ledger.release(completion.held());
      if (changed.contains(completion.id())) {
        written.accept(completion);
      } else {
        LOG.debug(
            "delivery {} was taken over; the outcome of its attempt is ignored", completion.id());
      }
    }
  }

  /** Returns the ids of the deliveries that were still held. */
  private Set<UUID> finish(List<Completion> completions) {
    long owner = completions.get(0).held().owner();
    Set<UUID> changed = new HashSet<>();
    List<AttemptOutcome> outcomes = new ArrayList<>();
    for (Completion completion : completions) {
      if (!completion.failedProbe()) {
        outcomes.add(completion.outcome());
      } else if (store.queue().handBack(owner, List.of(completion.held().holding())) > 0) {
        changed.add(completion.id());
      }
    }
    if (!outcomes.isEmpty()) {
      changed.addAll(store.queue().finish(owner, outcomes, clock.instant()));
    }
    return changed;
  }

  private void halve(List<Completion> batch, List<Completion> refused, RuntimeException fault) {
    if (batch.size() == 1) {
      LOG.error(
          "the outcome of delivery {} cannot be written; it is kept and tried again",
          batch.get(0).id(),
          fault);
      refused.addAll(batch);
      return;
    }
    int middle = batch.size() / 2;
    write(batch.subList(0, middle), refused);
    write(batch.subList(middle, batch.size()), refused);
  }

  private List<Completion> take() {
    List<Completion> batch = new ArrayList<>();
    for (Completion next = waiting.poll(); next != null; next = waiting.poll()) {
      batch.add(next);
      if (batch.size() == BATCH) {
        break;
      }
    }
    size.addAndGet(-batch.size());
    return batch;
  }

  private void putBack(List<Completion> left) {
    waiting.addAll(left);
    size.addAndGet(left.size());
  }
}
