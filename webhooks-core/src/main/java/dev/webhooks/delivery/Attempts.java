package dev.webhooks.delivery;

import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.Secret;
import dev.webhooks.registry.ConfigurationCodec;
import dev.webhooks.registry.RequestHeaders;
import dev.webhooks.registry.UndecryptableException;
import dev.webhooks.signing.Signer;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one attempt of a delivery: builds and signs the request, sends it, and judges what came of
 * it. Thread-safe.
 *
 * <p>What an answer means for its delivery:
 *
 * <ul>
 *   <li>200 to 299 within the time: delivered.
 *   <li>410: failed, with no further attempt. The webhook fails too, see {@link HealthKeeper}.
 *   <li>429 and 503 with {@code Retry-After}: a failed attempt; the next one waits for at least the
 *       step of the schedule and at most a day.
 *   <li>Anything else, redirects included: a failed attempt.
 * </ul>
 *
 * What it means for other deliveries to the same endpoint (429, 502, 503, 504 and time-outs slow
 * them down) is up to {@link Pace}.
 */
final class Attempts {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryEngine.class);

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

  Attempts(EngineParts parts, Traces traces, OneClock clock, Undecryptables undecryptables) {
    this.transport = parts.transport();
    this.traces = traces;
    this.sendTraceparent = parts.sendTraceparent();
    this.signer = parts.signer();
    this.codec = parts.codec();
    this.headerPolicy = parts.headers();
    this.undecryptables = undecryptables;
    this.settings = parts.settings();
    this.userAgent = parts.userAgent();
    this.clock = clock;
    this.ticker = parts.ticker();
    this.random = parts.random();
  }

  /**
   * Sends a delivery once and returns what to write down; never throws for what the endpoint does.
   */
  AttemptOutcome make(ClaimedDelivery delivery, WebhookConfiguration configuration) {
    return make(delivery, configuration, this::judge);
  }

  /** Sends a test, which is not repeated whatever comes of it. */
  AttemptOutcome makeOnce(ClaimedDelivery delivery, WebhookConfiguration configuration) {
    return make(
        delivery,
        configuration,
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
      // An Error too: the delivery would else be held for ever, neither sent nor given up.
      LOG.warn(
          "the transport failed on delivery {} to webhook {}",
          id(delivery),
          configuration.publicId(),
          bare(e));
      return TransportResult.failed(DeliveryError.INTERNAL);
    }
  }

  /** Returns what a transport threw without the messages, which may quote a header or the body. */
  private static RuntimeException bare(Throwable fault) {
    RuntimeException bare = new IllegalStateException(fault.getClass().getName());
    bare.setStackTrace(fault.getStackTrace());
    return bare;
  }

  /**
   * Custom headers are checked again: the rules may have become stricter since they were stored, or
   * somebody may have edited the row. And ours are put last, so that ours win in any case.
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
    if (result.error() == DeliveryError.HTTP_STATUS && Sign.isGone(result.status())) {
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
