package dev.webhooks.internal.engine.send;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.engine.base.ListenerCalls;
import dev.webhooks.internal.engine.base.Traces;
import dev.webhooks.internal.engine.endpoint.EndpointSignal;
import dev.webhooks.internal.registry.ConfigurationCodec;
import dev.webhooks.internal.registry.RequestHeaders;
import dev.webhooks.internal.registry.UndecryptableException;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.Secret;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.validation.HeaderPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The runner of attempts: builds and signs a request, sends it, judges the answer, and hands the
 * attempt to the {@link Completer}. Thread-safe.
 *
 * <p>An answer means for its delivery:
 *
 * <ul>
 *   <li>200 to 299 in time: delivered.
 *   <li>410: failed, without a further attempt. The webhook fails too.
 *   <li>429 and 503 with {@code Retry-After}: a failed attempt. The next one waits for at least the
 *       step of the schedule and at most a day.
 *   <li>Anything else, redirects included: a failed attempt.
 * </ul>
 */
public final class AttemptRunner implements Dispatcher.Starter {
  private final TaskRunner runner;
  private final WebhookTransport transport;
  private final Traces traces;
  private final boolean sendTraceparent;
  private final Signer signer;
  private final ConfigurationCodec codec;
  private final HeaderPolicy headerPolicy;
  private final Undecryptables undecryptables;
  private final DeliverySettings settings;
  private final String userAgent;
  private final OneClock clock;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final OwnedDeliveries owned;
  private final Completer completer;

  public AttemptRunner(
      EngineParts parts,
      TaskRunner runner,
      Traces traces,
      OneClock clock,
      ListenerCalls listener,
      OwnedDeliveries owned,
      Completer completer) {
    this.runner = runner;
    this.transport = parts.transport();
    this.traces = traces;
    this.sendTraceparent = parts.sendTraceparent();
    this.signer = parts.signer();
    this.codec = parts.codec();
    this.headerPolicy = parts.headers();
    this.undecryptables = new Undecryptables(listener);
    this.settings = parts.settings();
    this.userAgent = parts.userAgent();
    this.clock = clock;
    this.ticker = parts.ticker();
    this.random = parts.random();
    this.owned = owned;
    this.completer = completer;
  }

  @Override
  public boolean mayBegin() {
    return runner.mayBegin();
  }

  @Override
  public void start(DeliveryAttempt attempt, Dispatcher dispatcher) {
    runner.execute(() -> run(attempt, dispatcher));
  }

  private void run(DeliveryAttempt attempt, Dispatcher dispatcher) {
    AttemptOutcome outcome = null;
    try {
      outcome = make(attempt.delivery.delivery(), attempt.configuration, this::judge);
      attempt.endWith(outcome);
      completer.add(attempt);
    } finally {
      if (outcome == null) {
        // After an unexpected fault, the sweep finds the row and releases it.
        owned.remove(attempt.delivery);
      }
      dispatcher.ended(attempt, outcome);
    }
  }

  /**
   * Sends a test while the caller waits, beside the queue. It is not repeated, whatever its
   * outcome; no fault of the endpoint throws.
   */
  public AttemptOutcome test(ClaimedDelivery test, WebhookConfiguration webhook) {
    return make(
        test,
        webhook,
        (attempt, result) -> attempt.outcome(
            result, result.succeeded() ? DeliveryStatus.SUCCESS : DeliveryStatus.FAILED, null));
  }

  private AttemptOutcome make(
      ClaimedDelivery delivery,
      WebhookConfiguration configuration,
      BiFunction<Made, TransportResult, AttemptOutcome> judge) {
    Instant at = clock.instant();
    long began = ticker.read();
    TransportResult result = exchange(delivery, configuration, at);
    int durationMs = (int) Math.min(Integer.MAX_VALUE, (ticker.read() - began) / 1_000_000);
    return judge.apply(new Made(delivery, at, durationMs), result);
  }

  private TransportResult exchange(
      ClaimedDelivery delivery, WebhookConfiguration configuration, Instant at) {
    TransportRequest request;
    try {
      request = request(delivery, configuration, at);
    } catch (UndecryptableException e) {
      undecryptables.note(configuration, id(delivery), e);
      return TransportResult.failed(DeliveryError.UNDECRYPTABLE);
    } catch (RuntimeException e) {
      LOG.warn(
          "delivery {} to webhook {} cannot be built", id(delivery), configuration.publicId(), e);
      return TransportResult.failed(DeliveryError.UNSENDABLE);
    }
    Tracing.AttemptSpan span = traces.begin(request);
    TransportResult result = send(request, delivery, configuration);
    span.end(result);
    return result;
  }

  private TransportResult send(
      TransportRequest request, ClaimedDelivery delivery, WebhookConfiguration configuration) {
    try {
      return transport.send(request, settings.requestTimeout());
    } catch (RuntimeException | Error e) {
      // An Error too: the delivery would otherwise be owned for ever, neither sent nor released.
      LOG.warn(
          "the transport failed on delivery {} to webhook {}",
          id(delivery),
          configuration.publicId(),
          bare(e));
      return TransportResult.failed(DeliveryError.INTERNAL);
    }
  }

  /** Returns a fault of a transport without its messages, which may quote a header or the body. */
  private static RuntimeException bare(Throwable fault) {
    RuntimeException bare = new IllegalStateException(fault.getClass().getName());
    bare.setStackTrace(fault.getStackTrace());
    return bare;
  }

  /**
   * Builds and signs the request. Custom headers are checked again, since the rules may have become
   * stricter and the row may have been edited. Ours are put last, so that they win.
   */
  private TransportRequest request(
      ClaimedDelivery delivery, WebhookConfiguration configuration, Instant at) {
    Map<String, String> headers =
        new LinkedHashMap<>(headerPolicy.validate(codec.headers(configuration)));
    Map<String, String> ours = RequestHeaders.ofSender(
        userAgent,
        delivery.eventType(),
        PublicId.DELIVERY.format(id(delivery)),
        delivery.attempts() + 1);
    String context = delivery.traceContext();
    if (sendTraceparent && context != null && Traces.isTraceparent(context)) {
      ours.put(Traces.TRACEPARENT, context);
    }
    byte[] body = delivery.body();
    ours.putAll(signer.sign(delivery.eventId(), at, body, secrets(delivery, configuration)));
    return new TransportRequest(
        configuration.url(), RequestHeaders.add(headers, ours), body, context);
  }

  private List<Secret> secrets(ClaimedDelivery delivery, WebhookConfiguration configuration) {
    List<UndecryptableException> faults = new ArrayList<>(1);
    List<Secret> secrets = codec.signingSecrets(configuration, clock.certain(), faults::add);
    if (faults.isEmpty()) {
      undecryptables.over(configuration);
    }
    faults.forEach(fault -> undecryptables.note(configuration, id(delivery), fault));
    return secrets;
  }

  private AttemptOutcome judge(Made attempt, TransportResult result) {
    if (result.succeeded()) {
      return attempt.outcome(result, DeliveryStatus.SUCCESS, null);
    }
    Instant ended = clock.instant();
    Optional<Duration> wait = waitAfter(attempt.number(), result, ended);
    return wait.map(w -> attempt.outcome(result, DeliveryStatus.PENDING, ended.plus(w)))
        .orElseGet(() -> attempt.outcome(result, DeliveryStatus.FAILED, null));
  }

  private Optional<Duration> waitAfter(int number, TransportResult result, Instant ended) {
    if (result.error() == DeliveryError.HTTP_STATUS && EndpointSignal.isGone(result.status())) {
      return Optional.empty();
    }
    Duration requested = RetryAfter.requested(result.status(), result.retryAfter(), ended);
    return settings.schedule().waitAfter(number, requested, random);
  }

  private static UUID id(ClaimedDelivery delivery) {
    return delivery.claim().ref().id();
  }

  /** An attempt that has been made. */
  private record Made(ClaimedDelivery delivery, Instant at, int durationMs) {
    int number() {
      return delivery.attempts() + 1;
    }

    AttemptOutcome outcome(TransportResult result, DeliveryStatus status, @Nullable Instant dueAt) {
      return new AttemptOutcome(
          delivery.claim(),
          number(),
          at,
          durationMs,
          result.status(),
          result.error(),
          result.excerpt(),
          status,
          dueAt);
    }
  }
}
