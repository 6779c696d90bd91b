package dev.webhooks.internal.engine.send;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.EngineLoop;
import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.internal.engine.base.ListenerCalls;
import dev.webhooks.internal.engine.base.Troubles;
import dev.webhooks.internal.engine.endpoint.EndpointHealthUpdater;
import dev.webhooks.model.StoreUnavailableException;
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
import java.util.function.Predicate;
import org.slf4j.event.Level;

/**
 * The writer of outcomes. It writes them in batches, and only then removes the deliveries from
 * memory.
 *
 * <p>While the database is away, outcomes wait in memory, each with up to 16 KiB of an answer.
 * There are never more than owned deliveries, and usually far fewer, since attempts stop 8 s after
 * the last beat. A batch that the database refuses for its data is halved until the bad row is
 * alone. That row is tried again by itself, and the others do not wait for it.
 */
public final class Completer {
  private static final int BATCH = 500;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final Queue<DeliveryAttempt> ended = new ConcurrentLinkedQueue<>();
  /** Probes that did not reach their endpoint: their deliveries are released unchanged. */
  private final Queue<DeliveryAttempt> failedProbes = new ConcurrentLinkedQueue<>();
  /** Attempts whose outcome the database refused. */
  private final Queue<DeliveryAttempt> refused = new ConcurrentLinkedQueue<>();

  private final AtomicInteger size = new AtomicInteger();
  private final AtomicBoolean asleep = new AtomicBoolean(true);
  private final WebhookStore store;
  private final OwnedDeliveries owned;
  private final InstantSource clock;
  private final Duration linger;
  private final EndpointHealthUpdater health;
  private final ListenerCalls listener;
  private final EngineLoop loop;
  private final EngineLoop polling;
  private boolean lingered;

  /**
   * Creates a completer.
   *
   * @param linger how long the first outcome of a batch waits for others
   * @param loop the loop that writes
   * @param polling the poller's loop, woken when memory becomes free
   */
  public Completer(
      WebhookStore store,
      OwnedDeliveries owned,
      InstantSource clock,
      Duration linger,
      EndpointHealthUpdater health,
      ListenerCalls listener,
      Troubles troubles,
      EngineLoop loop,
      EngineLoop polling) {
    this.store = store;
    this.owned = owned;
    this.clock = clock;
    this.linger = linger;
    this.health = health;
    this.listener = listener;
    this.polling = polling;
    this.loop = loop.add(troubles.of("writing outcomes"), this::writeWithCompany)
        .add(troubles.of("releasing deliveries after failed probes"), this::releaseProbe)
        .add(troubles.of("writing outcomes that were refused"), this::writeRefused);
  }

  /** Takes over an attempt that has ended; never blocks. */
  void add(DeliveryAttempt attempt) {
    (attempt.isFailedProbe() ? failedProbes : ended).add(attempt);
    int count = size.incrementAndGet();
    if (asleep.getAndSet(false) || count == BATCH) {
      loop.wake();
    }
  }

  /** Writes all outcomes without lingering; returns whether the database took them. */
  public boolean flush() {
    try {
      while (!ended.isEmpty()) {
        writeBatch();
      }
      while (!failedProbes.isEmpty()) {
        releaseProbe();
      }
      for (int left = refused.size(); left > 0; left--) {
        writeRefused();
      }
    } catch (RuntimeException e) {
      LOG.debug("some outcomes cannot be written", e);
    }
    return backlog() == 0;
  }

  /** Returns how many outcomes are not written yet. */
  public int backlog() {
    return size.get();
  }

  private Done writeWithCompany() {
    if (ended.isEmpty()) {
      lingered = false;
      asleep.set(true);
      return Done.nothing(ended.isEmpty() ? IDLE : Duration.ZERO);
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
    List<DeliveryAttempt> batch = take();
    List<DeliveryAttempt> rejected = new ArrayList<>();
    try {
      write(batch, rejected);
    } catch (RuntimeException | Error e) {
      // Otherwise these deliveries would be owned for ever. Those that were written are owned no
      // more, so trying the whole batch again does nothing twice.
      ended.addAll(batch);
      size.addAndGet(batch.size());
      throw e;
    }
    refused.addAll(rejected);
    size.addAndGet(rejected.size());
    wakePollerIfMemoryIsFree();
  }

  /** Writes a batch; adds rows that the database refuses by themselves to the rejected. */
  private void write(List<DeliveryAttempt> batch, List<DeliveryAttempt> rejected) {
    List<DeliveryAttempt> current =
        batch.stream().filter(attempt -> owned.contains(attempt.delivery)).toList();
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
    current.forEach(attempt -> complete(attempt, changed.contains(attempt.id())));
  }

  /** Returns the ids of the deliveries that this instance still owned. */
  private Set<UUID> finish(List<DeliveryAttempt> attempts) {
    long owner = attempts.get(0).delivery.owner();
    List<AttemptOutcome> outcomes =
        attempts.stream().map(DeliveryAttempt::outcome).toList();
    return store.queue().finish(owner, outcomes, clock.instant());
  }

  private void halve(
      List<DeliveryAttempt> batch, List<DeliveryAttempt> rejected, RuntimeException fault) {
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

  private void complete(DeliveryAttempt attempt, boolean changed) {
    owned.remove(attempt.delivery);
    if (!changed) {
      LOG.debug("delivery {} was taken over; the outcome of its attempt is ignored", attempt.id());
      return;
    }
    if (!attempt.isFailedProbe()) {
      listener.finished(attempt.delivery.delivery(), attempt.configuration, attempt.outcome());
    }
    health.note(attempt.configuration, attempt.outcome());
  }

  /** Tries one refused outcome again; they take turns. */
  private Done writeRefused() {
    return oneOf(refused, attempt -> finish(List.of(attempt)).contains(attempt.id()));
  }

  private Done releaseProbe() {
    return oneOf(failedProbes, probe -> {
      OwnedDelivery delivery = probe.delivery;
      return store.queue().release(delivery.owner(), List.of(delivery.claim())) > 0;
    });
  }

  /** Completes the first of a queue, which goes to its end if that fails. */
  private Done oneOf(Queue<DeliveryAttempt> queue, Predicate<DeliveryAttempt> writer) {
    DeliveryAttempt first = queue.poll();
    if (first == null) {
      return Done.nothing(IDLE);
    }
    try {
      if (owned.contains(first.delivery)) {
        complete(first, writer.test(first));
      }
    } catch (RuntimeException | Error e) {
      queue.add(first);
      throw e;
    }
    size.decrementAndGet();
    wakePollerIfMemoryIsFree();
    return Done.something(Duration.ZERO);
  }

  private List<DeliveryAttempt> take() {
    List<DeliveryAttempt> batch = new ArrayList<>();
    for (DeliveryAttempt next = ended.poll(); next != null; next = ended.poll()) {
      batch.add(next);
      if (batch.size() == BATCH) {
        break;
      }
    }
    size.addAndGet(-batch.size());
    return batch;
  }

  private void wakePollerIfMemoryIsFree() {
    if (owned.takeFreed()) {
      polling.wake();
    }
  }
}
