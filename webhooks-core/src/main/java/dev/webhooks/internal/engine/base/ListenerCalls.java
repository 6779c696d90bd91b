package dev.webhooks.internal.engine.base;

import dev.webhooks.internal.engine.base.EngineLoop.Done;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.DeliveryListener.Finished;
import dev.webhooks.spi.DeliveryListener.Trouble;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls to the host's listener, on a thread of their own, so that a slow or throwing one harms
 * nothing.
 */
public final class ListenerCalls {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryListener.class);
  private static final int CAPACITY = 10_000;
  /** The most bytes of endpoints' answers that wait. */
  private static final long MAX_BYTES = 16L << 20;

  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ArrayBlockingQueue<Call> calls = new ArrayBlockingQueue<>(CAPACITY);
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final DeliveryListener listener;
  private final boolean listening;
  private final EngineLoop loop;

  public ListenerCalls(DeliveryListener listener, EngineLoop loop) {
    this.listener = listener;
    this.loop = loop;
    this.listening = !listener.equals(DeliveryListener.NONE);
  }

  /** Queues the calls for an outcome that was written. */
  public void finished(
      ClaimedDelivery delivery, WebhookConfiguration configuration, AttemptOutcome outcome) {
    if (listening) {
      // The queued call does not keep the delivery's body in memory.
      Finished finished = describe(delivery, configuration, outcome);
      enqueue(outcome.excerpt().length, () -> call(finished, outcome));
    }
  }

  /** Queues the call for a delivery that ended without a request, unless it was a test. */
  public void ended(EndedDelivery delivery) {
    String webhook = delivery.webhookId();
    String account = delivery.account();
    DeliveryError error = delivery.error();
    boolean test = delivery.eventType().equals(EventCatalog.TEST_EVENT);
    if (listening && webhook != null && account != null && error != null && !test) {
      Finished finished = new Finished(
          PublicId.DELIVERY.format(delivery.ref().id()),
          webhook,
          account,
          delivery.eventId(),
          delivery.eventType(),
          delivery.traceContext(),
          null);
      enqueue(0, () -> listener.deliveryFailed(finished, error));
    }
  }

  public void warned(Trouble webhook) {
    if (listening) {
      enqueue(0, () -> listener.webhookWarned(webhook));
    }
  }

  public void failed(Trouble webhook) {
    if (listening) {
      enqueue(0, () -> listener.webhookFailed(webhook));
    }
  }

  public void storeTrouble(Throwable fault, Duration since) {
    if (listening) {
      enqueue(0, () -> listener.storeTrouble(fault, since));
    }
  }

  public void undecryptable(String webhookId, String account, RuntimeException fault) {
    if (listening) {
      enqueue(0, () -> listener.webhookUndecryptable(webhookId, account, fault));
    }
  }

  /** Makes every call that waits. */
  public Done callAll() {
    boolean some = !calls.isEmpty();
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      bytes.addAndGet(-call.bytes);
      try {
        call.action.run();
      } catch (RuntimeException | Error e) {
        LOG.warn("the delivery listener failed; what it threw is ignored", e);
      }
    }
    return new Done(some, IDLE);
  }

  private void enqueue(int size, Runnable action) {
    boolean first = calls.isEmpty();
    boolean room = size == 0 || bytes.get() + size <= MAX_BYTES;
    if (!room || !calls.offer(new Call(size, action))) {
      long lost = dropped.incrementAndGet();
      if (Long.bitCount(lost) == 1) {
        LOG.warn("the delivery listener is too slow: {} calls have been dropped so far", lost);
      }
      return;
    }
    bytes.addAndGet(size);
    if (first) {
      loop.wake();
    }
  }

  private void call(Finished delivery, AttemptOutcome outcome) {
    DeliveryError error = outcome.error();
    try {
      listener.attemptFinished(delivery, attempt(outcome));
    } finally {
      switch (outcome.status()) {
        case SUCCESS -> listener.deliverySucceeded(delivery);
        case FAILED ->
          listener.deliveryFailed(delivery, error == null ? DeliveryError.INTERNAL : error);
        case PENDING -> {}
      }
    }
  }

  private static Finished describe(
      ClaimedDelivery delivery, WebhookConfiguration configuration, AttemptOutcome outcome) {
    Instant due = outcome.dueAt();
    Duration next = due == null ? null : Duration.between(outcome.at(), due);
    return new Finished(
        PublicId.DELIVERY.format(delivery.claim().ref().id()),
        configuration.publicId(),
        configuration.account(),
        delivery.eventId(),
        delivery.eventType(),
        delivery.traceContext(),
        next);
  }

  private static Attempt attempt(AttemptOutcome outcome) {
    String body = outcome.excerpt().length == 0
        ? null
        : new String(outcome.excerpt(), StandardCharsets.UTF_8);
    return new Attempt(
        outcome.number(),
        outcome.at(),
        outcome.durationMs(),
        outcome.httpStatus(),
        outcome.error(),
        body);
  }

  /**
   * A call that waits.
   *
   * @param bytes how much of an endpoint's answer it keeps in memory
   */
  private record Call(int bytes, Runnable action) {}
}
