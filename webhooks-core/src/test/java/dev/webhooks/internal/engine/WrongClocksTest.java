package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.registry.ConfigurationCodec;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.validation.CatalogEventPolicy;
import dev.webhooks.internal.validation.JacksonJsonCodec;
import dev.webhooks.internal.validation.JsonPayloadPolicy;
import dev.webhooks.internal.validation.StandardHeaderPolicy;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EngineTrouble;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import dev.webhooks.validation.PayloadPolicy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine whose machine or database has a wrong clock, or one that is set while it runs. */
class WrongClocksTest {
  private static final Duration DAY_AND_MORE = Duration.ofHours(25);
  /** The time after which the host is warned of a webhook. */
  private static final Duration WARN_AFTER = Duration.ofHours(60);

  private final Clocks clocks = new Clocks();
  private final InMemoryWebhookStore store = new InMemoryWebhookStore(clocks.database());
  private final TestWebhooks registry =
      TestWebhooks.on(store, EventCatalog.acceptingAny(), builder -> builder.sending(false));
  private final SteppedRunner runner = new SteppedRunner();
  private final List<TransportRequest> sent = new ArrayList<>();
  private final DeliveryEngine engine = new DeliveryEngine(parts());
  private int answer = 200;

  @BeforeEach
  void subscribe() {
    registry.account("acme").create(WebhookDraft.to("https://hooks.example/").events("*"));
  }

  @AfterEach
  void close() {
    engine.close(Duration.ZERO);
    registry.close();
  }

  @Test
  void clock_that_is_given_is_compared_with_none() {
    String log = Logged.by(() -> {
      try (TestWebhooks kit = TestWebhooks.on(
          new InMemoryWebhookStore(() -> Instant.EPOCH), EventCatalog.acceptingAny())) {
        kit.advance(Duration.ofHours(1));
        assertThat(kit.webhooks().health().troubles()).isEmpty();
      }
    });

    assertThat(log).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {-25, 25})
  void wrong_wall_clock_is_seen_in_no_signature_and_no_record(int hours) {
    clocks.stepWall(Duration.ofHours(hours));
    engine.start();
    clocks.pass(Duration.ofSeconds(3));
    publish();
    runner.attempts();
    runner.round("webhooks-completer");

    Instant now = Clocks.START.plusSeconds(3);
    assertThat(signedAt()).containsExactly(now);
    Delivery delivery = delivery();
    assertThat(delivery.status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(delivery.createdAt()).isEqualTo(now);
    assertThat(delivery.lastAttemptAt()).isEqualTo(now);
  }

  @ParameterizedTest
  @ValueSource(ints = {-25, 25})
  void wall_clock_that_is_set_while_it_runs_does_not_move_the_engines(int hours) {
    engine.start();
    clocks.pass(Duration.ofSeconds(3));
    clocks.stepWall(Duration.ofHours(hours));
    assertThat(engine.clock().instant()).isEqualTo(Clocks.START.plusSeconds(3));

    clocks.pass(Duration.ofSeconds(1));
    beat();
    publish();
    runner.attempts();

    assertThat(signedAt()).containsExactly(Clocks.START.plusSeconds(4));
  }

  @Test
  void wall_clock_set_forward_makes_attempts_wait_for_the_next_beat() {
    engine.start();
    clocks.stepWall(DAY_AND_MORE);
    publish();
    runner.attempts();
    assertThat(sent).as("the machine may have slept").isEmpty();

    beat();
    runner.attempts();

    assertThat(signedAt()).containsExactly(Clocks.START);
  }

  @Test
  void wall_clock_set_back_lets_nothing_start_after_an_old_beat() {
    engine.start();
    clocks.stepWall(DAY_AND_MORE.negated());
    clocks.pass(Duration.ofSeconds(8));
    publish();
    runner.attempts();
    assertThat(sent).isEmpty();

    beat();
    runner.attempts();

    assertThat(signedAt()).containsExactly(Clocks.START.plusSeconds(8));
  }

  @Test
  void after_a_sleep_of_the_machine_nothing_is_signed_with_the_time_before_it() {
    engine.start();
    clocks.sleep(DAY_AND_MORE);
    publish();
    runner.attempts();
    assertThat(sent).isEmpty();

    beat();
    runner.attempts();

    assertThat(signedAt()).containsExactly(Clocks.START.plus(DAY_AND_MORE));
  }

  @ParameterizedTest
  @ValueSource(ints = {-144, -25, 25, 144})
  void jump_of_the_databases_clock_is_in_the_signatures_when_it_has_held(int hours) {
    engine.start();
    clocks.stepDatabase(Duration.ofHours(hours));
    beat();
    publish();
    runner.attempts();
    hold();
    publish();
    runner.attempts();

    assertThat(signedAt())
        .containsExactly(
            Clocks.START, Clocks.START.plus(Duration.ofHours(hours)).plus(Duration.ofMinutes(10)));
  }

  @Test
  void retry_is_due_as_soon_as_the_databases_clock_has_been_past_its_time_for_long_enough() {
    failOnce();
    clocks.stepDatabase(DAY_AND_MORE);
    clocks.pass(Duration.ofSeconds(1));
    poll();
    assertThat(sent).as("its time has not come").hasSize(1);

    hold();
    poll();

    assertThat(sent).hasSize(2);
  }

  @Test
  void retry_is_made_in_time_although_the_databases_clock_was_set_back() {
    failOnce();
    clocks.stepDatabase(DAY_AND_MORE.negated());
    clocks.pass(Duration.ofSeconds(5));
    poll();

    assertThat(sent).hasSize(2);
    runner.round("webhooks-completer");
    assertThat(delivery().status()).isEqualTo(DeliveryStatus.SUCCESS);
  }

  @Test
  void retry_waits_as_much_longer_as_the_databases_clock_was_set_back_for_good() {
    failOnce();
    clocks.stepDatabase(DAY_AND_MORE.negated());
    beat();
    hold();
    clocks.pass(DAY_AND_MORE.minus(Duration.ofMinutes(11)));
    poll();
    assertThat(sent).as("it was to be made after five seconds").hasSize(1);

    clocks.pass(Duration.ofMinutes(2));
    poll();

    assertThat(sent).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {-144, 144})
  void nothing_expires_while_the_databases_clock_is_wrong_for_seconds(int hours) {
    paused();
    engine.start();
    publish();
    clocks.stepDatabase(Duration.ofHours(hours));
    keepHouseFor(Duration.ofSeconds(12));
    clocks.stepDatabase(Duration.ofHours(-hours));
    keepHouseFor(Duration.ofSeconds(12));

    assertThat(delivery().status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(engine.health().troubles()).isEmpty();
  }

  @Test
  void while_the_databases_clock_is_in_doubt_its_health_says_so() {
    engine.start();
    clocks.stepDatabase(Duration.ofDays(6));
    keepHouseFor(Duration.ofSeconds(12));

    assertThat(engine.health().troubles())
        .containsExactly(new EngineTrouble(
            "trusting the database's clock",
            Duration.ofSeconds(10),
            "the database's clock is 6 days ahead of the time before"));
  }

  @Test
  void instance_that_starts_while_the_databases_clock_is_wrong_lets_nothing_expire() {
    paused();
    registry.account("acme").publish(Event.of("order.paid", Map.of()));
    clocks.stepDatabase(Duration.ofDays(6));
    engine.start();
    keepHouseFor(Duration.ofSeconds(12));
    clocks.stepDatabase(Duration.ofDays(-6));
    keepHouseFor(Duration.ofSeconds(12));

    assertThat(delivery().status()).isEqualTo(DeliveryStatus.PENDING);
    assertThat(engine.health().troubles()).isEmpty();
  }

  @Test
  void what_is_too_old_expires_when_the_jump_has_held() {
    paused();
    engine.start();
    publish();
    clocks.stepDatabase(Duration.ofDays(6));
    keepHouseFor(Duration.ofMinutes(10));
    assertThat(delivery().status()).isEqualTo(DeliveryStatus.PENDING);

    keepHouseFor(Duration.ofSeconds(4));

    assertThat(delivery().error()).isEqualTo(DeliveryError.EXPIRED);
  }

  @Test
  void after_a_sleep_of_days_nothing_expires_before_the_time_has_held() {
    paused();
    engine.start();
    publish();
    clocks.sleep(Duration.ofDays(6));
    keepHouseFor(Duration.ofMinutes(9));
    assertThat(delivery().status()).isEqualTo(DeliveryStatus.PENDING);

    keepHouseFor(Duration.ofMinutes(2));

    assertThat(delivery().error()).isEqualTo(DeliveryError.EXPIRED);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void log_of_a_month_is_kept_while_the_databases_clock_is_wrong(boolean fromTheStart) {
    registry.account("acme").publish(Event.of("order.paid", Map.of()));
    if (!fromTheStart) {
      engine.start();
    }
    clocks.stepDatabase(Duration.ofDays(60));
    if (fromTheStart) {
      engine.start();
    }
    poll();
    runner.round("webhooks-completer");
    keepHouseFor(Duration.ofSeconds(12));

    assertThat(delivery().status()).isEqualTo(DeliveryStatus.SUCCESS);
    assertThat(registry.account("acme").delivery(webhook(), delivery().id()).payload())
        .isNotNull();
  }

  @Test
  void webhook_that_fails_for_days_is_given_up_when_the_days_have_certainly_passed() {
    answer = 500;
    engine.start();
    failNow(12);
    clocks.pass(WARN_AFTER);
    beat();
    failNow(1);
    clocks.sleep(Duration.ofDays(6));
    beat();
    failNow(1);
    assertThat(status()).isEqualTo(WebhookStatus.ACTIVE);

    hold();
    failNow(1);

    assertThat(status()).isEqualTo(WebhookStatus.FAILED);
  }

  @Test
  void old_secret_signs_until_its_time_is_certainly_over() {
    registry.account("acme").rotateSecret(webhook(), SecretRotation.generated());
    clocks.stepDatabase(DAY_AND_MORE);
    engine.start();
    publish();
    runner.attempts();
    hold();
    publish();
    runner.attempts();

    assertThat(sent)
        .extracting(request -> request.headers().get("webhook-signature").split(" ").length)
        .containsExactly(2, 1);
  }

  /** Publishes, makes the attempts that are due, and lets the outcomes be judged. */
  private void failNow(int times) {
    for (int i = 0; i < times; i++) {
      publish();
    }
    runner.attempts();
    runner.round("webhooks-completer");
    runner.round("webhooks-health");
  }

  private WebhookStatus status() {
    return registry.account("acme").get(webhook()).webhook().status();
  }

  private void paused() {
    registry.account("acme").update(webhook(), WebhookPatch.empty().status(WebhookStatus.PAUSED));
  }

  private String webhook() {
    return registry.account("acme").list(WebhookQuery.all()).data().get(0).id();
  }

  /** Lets time pass with a beat, a clean-up and a look at what has expired every two seconds. */
  private void keepHouseFor(Duration duration) {
    for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minusSeconds(2)) {
      clocks.pass(Duration.ofSeconds(2));
      beat();
      runner.round("webhooks-housekeeper");
      runner.round("webhooks-clean-up");
    }
  }

  /** Lets the time pass that a jump has to hold. */
  private void hold() {
    for (int beats = 0; beats < 300; beats++) {
      clocks.pass(Duration.ofSeconds(2));
      beat();
    }
  }

  private void failOnce() {
    engine.start();
    answer = 500;
    publish();
    runner.attempts();
    runner.round("webhooks-completer");
    answer = 200;
    assertThat(delivery().status()).isEqualTo(DeliveryStatus.PENDING);
  }

  private void beat() {
    runner.round("webhooks-heartbeat");
  }

  /** Beats, claims what is due and sends it. */
  private void poll() {
    beat();
    runner.round("webhooks-poller");
    runner.attempts();
  }

  private void publish() {
    engine.publisher().publish("acme", null, List.of(Event.of("order.paid", Map.of())));
  }

  private Delivery delivery() {
    List<Delivery> deliveries = registry.deliveries("acme");
    assertThat(deliveries).hasSize(1);
    return deliveries.get(0);
  }

  private List<Instant> signedAt() {
    return sent.stream()
        .map(request -> request.headers().get("webhook-timestamp"))
        .map(seconds -> Instant.ofEpochSecond(Long.parseLong(seconds)))
        .toList();
  }

  private TransportResult send(TransportRequest request, Duration timeout) {
    sent.add(request);
    return TransportResult.answered(answer, new byte[0], null);
  }

  private EngineParts parts() {
    Signer signer = Signer.standard();
    return new EngineParts(
        store,
        this::send,
        signer,
        new ConfigurationCodec(SecretCipher.none()),
        new CatalogEventPolicy(EventCatalog.acceptingAny()),
        new StandardHeaderPolicy(signer.headerNames()),
        new JsonPayloadPolicy(JacksonJsonCodec.create(), PayloadPolicy.DEFAULT_MAX_BYTES),
        settings(),
        DeliveryListener.NONE,
        Tracing.NONE,
        false,
        new IdGenerator(new Random(1)),
        new Random(1),
        clocks,
        clocks.wall(),
        null,
        runner,
        "test",
        "test");
  }

  /** Without jitter and without collecting outcomes. */
  private static DeliverySettings settings() {
    DeliverySettings usual = DeliverySettings.DEFAULTS;
    return new DeliverySettings(
        usual.schedule().withoutJitter(),
        usual.requestTimeout(),
        usual.expiry(),
        usual.retention(),
        usual.maxInFlight(),
        usual.maxInFlightPerWebhook(),
        usual.maxOwned(),
        usual.maxOwnedBytes(),
        Duration.ZERO);
  }
}
