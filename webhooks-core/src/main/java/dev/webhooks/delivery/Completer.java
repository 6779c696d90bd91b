package dev.webhooks.delivery;

import dev.webhooks.delivery.Duties.Done;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes the outcomes of attempts in batches and only then lets go of the deliveries.
 *
 * <p>While the database is away, outcomes wait in memory. There are at most as many as the ledger
 * holds deliveries, each with the beginning of an answer (16 KiB), and far fewer as a rule, since
 * attempts stop 8 s after the last beat. A batch that the database refuses for its data is halved
 * until the bad row is alone; that one is tried again by itself, and the others do not wait for it.
 */
final class Completer {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);
  private static final int BATCH = 500;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final Queue<Completion> outcomes = new ConcurrentLinkedQueue<>();
  /** Probes that did not reach their endpoint: their deliveries go back as if never attempted. */
  private final Queue<Completion> failedProbes = new ConcurrentLinkedQueue<>();
  /** Outcomes that the database refused. */
  private final Queue<Completion> refused = new ConcurrentLinkedQueue<>();

  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean asleep = new AtomicBoolean(true);
  private final WebhookStore store;
  private final Ledger ledger;
  private final InstantSource clock;
  private final Duration linger;
  private final Duties duties;
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
      Troubles troubles,
      Consumer<Completion> written,
      Runnable roomFreed) {
    this.store = store;
    this.ledger = ledger;
    this.clock = clock;
    this.linger = linger;
    this.written = written;
    this.roomFreed = roomFreed;
    this.duties = new Duties(troubles)
        .add("writing outcomes", this::writeWithCompany)
        .add("handing back after failed probes", this::handBackProbe)
        .add("writing outcomes that were refused", this::writeRefused);
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  /** Takes over an outcome; never blocks. */
  void add(Completion completion) {
    (completion.failedProbe() ? failedProbes : outcomes).add(completion);
    int count = size.incrementAndGet();
    Loop sleeper = loop;
    if (sleeper != null && (asleep.getAndSet(false) || count == BATCH)) {
      sleeper.wake();
    }
  }

  /**
   * Writes all that waits, without lingering.
   *
   * @return whether the database took everything
   */
  boolean flush() {
    try {
      while (!outcomes.isEmpty()) {
        writeBatch();
      }
      while (!failedProbes.isEmpty()) {
        handBackProbe();
      }
      for (int left = refused.size(); left > 0; left--) {
        writeRefused();
      }
    } catch (RuntimeException e) {
      LOG.debug("some outcomes cannot be written", e);
    }
    return backlog() == 0;
  }

  int backlog() {
    return size.get();
  }

  /** One round of the loop. */
  Duration round() {
    return duties.round();
  }

  /** Waits a moment for company, then writes a batch. */
  private Done writeWithCompany() {
    if (outcomes.isEmpty()) {
      lingered = false;
      asleep.set(true);
      return Done.nothing(outcomes.isEmpty() ? IDLE : Duration.ZERO);
    }
    if (!lingered && !linger.isZero() && size.get() < BATCH) {
      lingered = true;
      return Done.nothing(linger);
    }
    lingered = false;
    writeBatch();
    return Done.something(Duration.ZERO);
  }

  private void writeBatch() {
    List<Completion> batch = take();
    List<Completion> rejected = new ArrayList<>();
    try {
      write(batch, rejected);
    } catch (RuntimeException | Error e) {
      // Else these deliveries would be held for ever. What was written already is no longer held,
      // so trying the whole batch again does nothing twice.
      outcomes.addAll(batch);
      size.addAndGet(batch.size());
      throw e;
    }
    refused.addAll(rejected);
    size.addAndGet(rejected.size());
    roomFreed.run();
  }

  /** Writes a batch; rows that the database refuses by themselves are added to the rejected. */
  private void write(List<Completion> batch, List<Completion> rejected) {
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
      halve(current, rejected, e);
      return;
    }
    current.forEach(completion -> letGo(completion, changed.contains(completion.id())));
  }

  /** Returns the ids of the deliveries that were still held. */
  private Set<UUID> finish(List<Completion> completions) {
    long owner = completions.get(0).held().owner();
    List<AttemptOutcome> attempts =
        completions.stream().map(Completion::outcome).toList();
    return store.queue().finish(owner, attempts, clock.instant());
  }

  private void halve(List<Completion> batch, List<Completion> rejected, RuntimeException fault) {
    if (batch.size() == 1) {
      boolean first = refused.isEmpty() && rejected.isEmpty();
      LOG.atLevel(first ? Level.ERROR : Level.DEBUG)
          .setCause(fault)
          .log(
              "the outcome of delivery {} is refused; it is kept and tried again",
              batch.get(0).id());
      rejected.addAll(batch);
      return;
    }
    int middle = batch.size() / 2;
    write(batch.subList(0, middle), rejected);
    write(batch.subList(middle, batch.size()), rejected);
  }

  private void letGo(Completion completion, boolean changed) {
    ledger.release(completion.held());
    if (changed) {
      written.accept(completion);
    } else {
      LOG.debug(
          "delivery {} was taken over; the outcome of its attempt is ignored", completion.id());
    }
  }

  /** Tries one again; which one takes turns. */
  private Done writeRefused() {
    return oneOf(refused, completion -> finish(List.of(completion)).contains(completion.id()));
  }

  private Done handBackProbe() {
    return oneOf(failedProbes, completion -> {
      Held held = completion.held();
      return store.queue().release(held.owner(), List.of(held.claim())) > 0;
    });
  }

  /** Does something with the first of a queue, which goes to its end if that fails. */
  private Done oneOf(Queue<Completion> queue, Predicate<Completion> writer) {
    Completion first = queue.poll();
    if (first == null) {
      return Done.nothing(IDLE);
    }
    try {
      if (ledger.holds(first.held())) {
        letGo(first, writer.test(first));
      }
    } catch (RuntimeException | Error e) {
      queue.add(first);
      throw e;
    }
    size.decrementAndGet();
    roomFreed.run();
    return Done.something(Duration.ZERO);
  }

  private List<Completion> take() {
    List<Completion> batch = new ArrayList<>();
    for (Completion next = outcomes.poll(); next != null; next = outcomes.poll()) {
      batch.add(next);
      if (batch.size() == BATCH) {
        break;
      }
    }
    size.addAndGet(-batch.size());
    return batch;
  }
}
