package dev.webhooks.delivery;

import dev.webhooks.delivery.DeliveryListener.Finished;
import dev.webhooks.delivery.DeliveryListener.Trouble;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the host's listener on a thread of its own, so that a slow or throwing one harms nothing.
 */
final class ListenerCalls {
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
  private volatile @Nullable Loop loop;

  ListenerCalls(DeliveryListener listener) {
    this.listener = listener;
    this.listening = !listener.equals(DeliveryListener.NONE);
  }

  void wakeWith(Loop loop) {
    this.loop = loop;
  }

  /** Queues the calls for an outcome that was written. */
  void finished(Completion completion) {
    // What is queued does not keep the delivery's body from being collected.
    if (listening && !completion.failedProbe()) {
      AttemptOutcome outcome = completion.outcome();
      Finished delivery = describe(completion);
      enqueue(outcome.excerpt().length, () -> tell(delivery, outcome));
    }
  }

  /** Queues the call for a delivery that was ended without a request; of tests nobody is told. */
  void ended(EndedDelivery delivery) {
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

  void warned(Trouble webhook) {
    if (listening) {
      enqueue(0, () -> listener.webhookWarned(webhook));
    }
  }

  void failed(Trouble webhook) {
    if (listening) {
      enqueue(0, () -> listener.webhookFailed(webhook));
    }
  }

  void storeTrouble(Throwable fault, Duration since) {
    if (listening) {
      enqueue(0, () -> listener.storeTrouble(fault, since));
    }
  }

  void undecryptable(String webhookId, String account, RuntimeException fault) {
    if (listening) {
      enqueue(0, () -> listener.webhookUndecryptable(webhookId, account, fault));
    }
  }

  /** One round of the loop: makes every call that waits. */
  Duration round() {
    for (Call call = calls.poll(); call != null; call = calls.poll()) {
      bytes.addAndGet(-call.bytes);
      try {
        call.action.run();
      } catch (RuntimeException | Error e) {
        LOG.warn("the delivery listener failed; what it threw is ignored", e);
      }
    }
    return IDLE;
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
    Loop sleeper = loop;
    if (first && sleeper != null) {
      sleeper.wake();
    }
  }

  private void tell(Finished delivery, AttemptOutcome outcome) {
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

  private static Finished describe(Completion completion) {
    ClaimedDelivery delivery = completion.held().delivery();
    Instant due = completion.outcome().dueAt();
    Duration next = due == null ? null : Duration.between(completion.outcome().at(), due);
    return new Finished(
        PublicId.DELIVERY.format(completion.id()),
        completion.configuration().publicId(),
        completion.configuration().account(),
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
   * @param bytes what it keeps in memory of an endpoint's answer
   */
  private record Call(int bytes, Runnable action) {}
}
