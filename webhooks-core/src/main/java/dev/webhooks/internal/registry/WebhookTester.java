package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.registry.IdempotentSteps.Begun;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.OneClock;
import dev.webhooks.internal.validation.Envelope;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventType;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookException;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.NewTest;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.validation.PayloadPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sends a test to one webhook while the caller waits, and logs it. Thread-safe.
 *
 * <p>It is one attempt, made like any other but beside the queue: whatever the webhook's status,
 * without a retry, and without a trace in statistics. Its row is stored before the request, under
 * nobody's number and with the instant at which it must be over; should the process die meanwhile,
 * the row ends as {@code interrupted} and is never sent.
 */
public final class WebhookTester {
  private static final byte[] DEFAULT_PAYLOAD = bytes("{\"message\":\"This is a test event.\"}");
  private static final EventType PAYLOAD =
      new EventType(EventCatalog.TEST_EVENT, "the payload of a test", Set.of());

  private final PayloadPolicy payloads;
  private final IdempotentSteps steps;
  private final IdGenerator ids;
  private final OneClock clock;
  private final Times times;
  private final Sender sender;

  /**
   * Creates the operation.
   *
   * @param payloads which payloads may be sent
   * @param times how long a test may take and is kept
   * @param sender makes the attempt
   */
  public WebhookTester(
      Transactions transactions, PayloadPolicy payloads, Times times, Sender sender) {
    this.payloads = payloads;
    this.steps = new IdempotentSteps(transactions);
    this.ids = transactions.ids();
    this.clock = transactions.clock();
    this.times = times;
    this.sender = sender;
  }

  /** Makes the one attempt of a test. */
  @FunctionalInterface
  public interface Sender {
    /** Sends once and returns what to log; never throws for what the endpoint does. */
    AttemptOutcome send(ClaimedDelivery delivery, WebhookConfiguration webhook);
  }

  /**
   * The times that a test keeps to.
   *
   * @param atMost after which time a test that has not ended counts as interrupted
   * @param keep for how long its payload is kept at least
   */
  public record Times(Duration atMost, Duration keep) {}

  /**
   * Sends a test and waits for what comes of it.
   *
   * @param payload what to send, of which only the data is looked at; null for a default
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code INVALID_REQUEST},
   *     {@code PAYLOAD_TOO_LARGE} or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public TestResult test(Scope scope, String webhookId, @Nullable Event payload) {
    if (scope.transaction() != null) {
      throw new WebhookException(
          ErrorCode.INVALID_REQUEST,
          "a test cannot be part of a transaction, since it waits for the endpoint's answer");
    }
    byte[] data = payload == null ? DEFAULT_PAYLOAD : payloads.read(payload, PAYLOAD);
    Fingerprint fingerprint = RequestFingerprints.test(webhookId, payload == null ? null : data);
    Instant now = clock.instant();
    Test test = test(data, now);
    return steps.run(
        scope,
        fingerprint,
        ReplayCodecs.tested(),
        test.until,
        session -> new Begun.More<>(begin(session, scope, webhookId, test)));
  }

  private Test test(byte[] data, Instant now) {
    UUID event = ids.next(now);
    byte[] body = Envelope.wrap(
        PublicId.EVENT.format(event), EventCatalog.TEST_EVENT, now, withTestPayload(data));
    return new Test(event, ids.next(now), body, now, now.plus(times.atMost));
  }

  /** Stores the test and returns what is to follow once that is committed. */
  private IdempotentSteps.Rest<TestResult> begin(
      StoreSession session, Scope scope, String webhookId, Test test) {
    WebhookConfiguration webhook =
        WebhookIds.find(session, scope.account(), webhookId).configuration();
    DeliveryRef ref = new DeliveryRef(webhook.number(), test.delivery);
    session.insertTest(new NewTest(
        ref,
        test.event,
        scope.account(),
        test.body,
        test.at,
        test.until,
        test.at.plus(times.keep)));
    return () -> {
      AttemptOutcome outcome = sender.send(claimed(ref, test), webhook);
      return last -> finish(last, test, outcome);
    };
  }

  private static ClaimedDelivery claimed(DeliveryRef ref, Test test) {
    return new ClaimedDelivery(
        new ClaimRef(ref, 0),
        test.event,
        PublicId.EVENT.format(test.event),
        EventCatalog.TEST_EVENT,
        0,
        test.at,
        test.body,
        null);
  }

  /** Should it have ended as interrupted meanwhile, the log says so and the caller what came. */
  private TestResult finish(StoreSession session, Test test, AttemptOutcome outcome) {
    session.finishTest(outcome, clock.instant());
    byte[] excerpt = outcome.excerpt();
    return new TestResult(
        PublicId.DELIVERY.format(test.delivery),
        PublicId.EVENT.format(test.event),
        outcome.status() == DeliveryStatus.SUCCESS,
        outcome.httpStatus(),
        outcome.durationMs(),
        excerpt.length == 0 ? null : new String(excerpt, StandardCharsets.UTF_8),
        outcome.error());
  }

  private static byte[] withTestPayload(byte[] payload) {
    byte[] head = bytes("{\"testPayload\":");
    byte[] data = Arrays.copyOf(head, head.length + payload.length + 1);
    System.arraycopy(payload, 0, data, head.length, payload.length);
    data[data.length - 1] = '}';
    return data;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A test with its ids, made before the first try of its transaction. */
  private record Test(UUID event, UUID delivery, byte[] body, Instant at, Instant until) {}
}
