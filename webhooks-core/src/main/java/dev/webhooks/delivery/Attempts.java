package dev.webhooks.delivery;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.registry.ConfigurationCodec;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.spi.transport.WebhookTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
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
  private final Signer signer;
  private final ConfigurationCodec codec;
  private final DeliverySettings settings;
  private final String userAgent;
  private final InstantSource clock;
  private final Ticker ticker;
  private final RandomGenerator random;

  Attempts(EngineParts parts, InstantSource clock) {
    this.transport = parts.transport();
    this.signer = parts.signer();
    this.codec = parts.codec();
    this.settings = parts.settings();
    this.userAgent = parts.userAgent();
    this.clock = clock;
    this.ticker = parts.ticker();
    this.random = parts.random();
  }

  /**
   * Sends a delivery once and returns what to write down; never throws for what the endpoint does.
   */
  AttemptOutcome make(Held held, WebhookConfiguration configuration) {
    Instant at = clock.instant();
    long began = ticker.read();
    TransportResult result = exchange(held, configuration, at);
    int durationMs = (int) Math.min(Integer.MAX_VALUE, (ticker.read() - began) / 1_000_000);
    return judge(held, at, durationMs, result);
  }

  private TransportResult exchange(Held held, WebhookConfiguration configuration, Instant at) {
    TransportRequest request;
    try {
      request = request(held, configuration, at);
    } catch (RuntimeException e) {
      LOG.warn("delivery {} to webhook {} cannot be built", held.ref().id(), configuration.id(), e);
      return TransportResult.failed(DeliveryError.UNSENDABLE);
    }
    try {
      return transport.send(request, settings.requestTimeout());
    } catch (RuntimeException | Error e) {
      // An Error too: the delivery would else be held for ever, neither sent nor given up.
      LOG.warn(
          "the transport failed on delivery {} to webhook {}",
          held.ref().id(),
          configuration.id(),
          e);
      return TransportResult.failed(DeliveryError.INTERNAL);
    }
  }

  /**
   * Custom headers come first and ours are put last, so that ours win whatever a stored row says.
   */
  private TransportRequest request(Held held, WebhookConfiguration configuration, Instant at) {
    Map<String, String> headers = new LinkedHashMap<>(codec.headers(configuration));
    Map<String, String> ours = new LinkedHashMap<>();
    ours.put("content-type", "application/json");
    ours.put("user-agent", userAgent);
    ours.put("x-webhook-event", held.delivery().eventType());
    ours.put("x-webhook-delivery", PublicId.DELIVERY.format(held.ref().id()));
    ours.put("x-webhook-attempt", Integer.toString(held.delivery().attempts() + 1));
    byte[] body = held.delivery().body();
    ours.putAll(
        signer.sign(held.delivery().eventId(), at, body, codec.signingSecrets(configuration, at)));
    headers.keySet().removeIf(name -> ours.keySet().stream().anyMatch(name::equalsIgnoreCase));
    headers.putAll(ours);
    return new TransportRequest(configuration.url(), headers, body);
  }

  private AttemptOutcome judge(Held held, Instant at, int durationMs, TransportResult result) {
    int number = held.delivery().attempts() + 1;
    DeliveryStatus status = DeliveryStatus.SUCCESS;
    Instant dueAt = null;
    if (!result.succeeded()) {
      Instant ended = clock.instant();
      Optional<Duration> wait = waitAfter(number, result, ended);
      status = wait.isPresent() ? DeliveryStatus.PENDING : DeliveryStatus.FAILED;
      dueAt = wait.map(ended::plus).orElse(null);
    }
    return new AttemptOutcome(
        held.holding(),
        number,
        at,
        durationMs,
        result.status(),
        result.error(),
        result.excerpt(),
        status,
        dueAt);
  }

  private Optional<Duration> waitAfter(int number, TransportResult result, Instant ended) {
    if (result.error() == DeliveryError.HTTP_STATUS && Sign.isGone(result.status())) {
      return Optional.empty();
    }
    Duration requested = RetryAfter.requested(result.status(), result.retryAfter(), ended);
    return settings.schedule().waitAfter(number, requested, random);
  }
}
