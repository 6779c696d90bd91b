package dev.webhooks.delivery;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
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
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final ArrayBlockingQueue<Runnable> calls = new ArrayBlockingQueue<>(CAPACITY);
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
    if (listening) {
      enqueue(() -> tell(completion));
    }
  }

  void storeTrouble(Throwable fault, Duration since) {
    if (listening) {
      enqueue(() -> listener.storeTrouble(fault, since));
    }
  }

  /** One round of the loop: makes every call that waits. */
  Duration round() {
    for (Runnable call = calls.poll(); call != null; call = calls.poll()) {
      try {
        call.run();
      } catch (RuntimeException e) {
        LOG.warn("the delivery listener failed; its exception is ignored", e);
      }
    }
    return IDLE;
  }

  private void enqueue(Runnable call) {
    boolean first = calls.isEmpty();
    if (!calls.offer(call)) {
      long lost = dropped.incrementAndGet();
      if (Long.bitCount(lost) == 1) {
        LOG.warn("the delivery listener is too slow: {} calls have been dropped so far", lost);
      }
    } else if (first) {
      Loop sleeper = loop;
      if (sleeper != null) {
        sleeper.wake();
      }
    }
  }

  private void tell(Completion completion) {
    AttemptOutcome outcome = completion.outcome();
    DeliveryListener.Finished delivery = describe(completion);
    listener.attemptFinished(delivery, attempt(outcome));
    DeliveryError error = outcome.error();
    switch (outcome.status()) {
      case SUCCESS -> listener.deliverySucceeded(delivery);
      case FAILED ->
        listener.deliveryFailed(delivery, error == null ? DeliveryError.INTERNAL : error);
      case PENDING -> {}
    }
  }

  private static DeliveryListener.Finished describe(Completion completion) {
    ClaimedDelivery delivery = completion.held().delivery();
    Instant due = completion.outcome().dueAt();
    Duration next = due == null ? null : Duration.between(completion.outcome().at(), due);
    return new DeliveryListener.Finished(
        PublicId.DELIVERY.format(completion.id()),
        PublicId.WEBHOOK.format(completion.webhook()),
        delivery.eventId(),
        delivery.eventType(),
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
}
