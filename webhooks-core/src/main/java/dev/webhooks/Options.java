package dev.webhooks;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.validation.JacksonJsonCodec;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.JsonCodec;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.HeaderPolicy;
import dev.webhooks.validation.PayloadPolicy;
import dev.webhooks.validation.SecretPolicy;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.UrlPolicy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of a {@link WebhooksBuilder} with their defaults. Not thread-safe. */
final class Options {
  private static final String STORE_MISSING =
      "a store is required, for example JdbcWebhookStore.on(dataSource)";
  private static final String TRANSPORT_MISSING =
      "a transport is required, for example OkHttpTransport.create()";
  private static final String CATALOG_MISSING = "a catalogue of event types is required:"
      + " events(EventCatalog.builder()...build()) with types of your own,"
      + " EventCatalog.builtIn() for events of data sets and data sources,"
      + " or EventCatalog.acceptingAny() for every type";

  private static final Pattern USER_AGENT = Pattern.compile("(?! )[ -~]{1,256}(?<! )");

  @Nullable
  WebhookStore store;

  @Nullable
  WebhookTransport transport;

  @Nullable
  EventCatalog catalog;

  final TargetOptions targets = new TargetOptions();
  Signer signer = Signer.standard();
  UnaryOperator<UrlPolicy> urlPolicy = UnaryOperator.identity();
  UnaryOperator<TargetGuard> targetGuard = UnaryOperator.identity();
  UnaryOperator<HeaderPolicy> headerPolicy = UnaryOperator.identity();
  UnaryOperator<SecretPolicy> secretPolicy = UnaryOperator.identity();
  UnaryOperator<EventPolicy> eventPolicy = UnaryOperator.identity();
  UnaryOperator<PayloadPolicy> payloadPolicy = UnaryOperator.identity();
  UnaryOperator<WebhookRegistry> registry = UnaryOperator.identity();

  @Nullable
  IdempotencyCache idempotencyCache;

  RetrySchedule retrySchedule = RetrySchedule.standard();
  Duration requestTimeout = DeliverySettings.DEFAULTS.requestTimeout();
  Duration expiry = DeliverySettings.DEFAULTS.expiry();
  Duration retention = DeliverySettings.DEFAULTS.retention();
  int maxInFlight = DeliverySettings.DEFAULTS.maxInFlight();
  int maxInFlightPerWebhook = DeliverySettings.DEFAULTS.maxInFlightPerWebhook();
  Duration completionLinger = DeliverySettings.DEFAULTS.completionLinger();
  int maxWebhooksPerAccount = 50;
  int maxPayloadBytes = PayloadPolicy.DEFAULT_MAX_BYTES;
  DeliveryListener listener = DeliveryListener.NONE;
  Tracing tracing = Tracing.NONE;
  boolean sendTraceparent;
  JsonCodec jsonCodec = JacksonJsonCodec.create();

  @Nullable
  SecretCipher cipher;

  @Nullable
  AmbientTransactions ambientTransactions;

  String userAgent = "webhooks-java/" + Version.NUMBER;
  boolean sending = true;
  Duration closeGrace = Duration.ofSeconds(30);
  NameResolver resolver = NameResolver.system();
  Ticker ticker = Ticker.system();

  @Nullable
  InstantSource clock;

  @Nullable
  TaskRunner runner;

  @Nullable
  RandomGenerator random;

  /** Returns all that is wrong with the options but the targets. */
  List<String> problems() {
    List<String> problems = new ArrayList<>(settings().problems());
    refuse(store == null, STORE_MISSING, problems);
    refuse(transport == null, TRANSPORT_MISSING, problems);
    refuse(catalog == null, CATALOG_MISSING, problems);
    refuse(
        closeGrace.isNegative() || closeGrace.compareTo(DeliverySettings.LONGEST_REQUEST) > 0,
        "closeGrace must be zero to 1 day, not " + closeGrace,
        problems);
    refuse(
        maxWebhooksPerAccount < 1,
        "maxWebhooksPerAccount must be at least 1, not " + maxWebhooksPerAccount,
        problems);
    refuse(
        maxPayloadBytes < 2,
        "maxPayloadBytes must be at least 2, not " + maxPayloadBytes,
        problems);
    refuse(
        !USER_AGENT.matcher(userAgent).matches(),
        "userAgent must be 1 to 256 characters of visible ASCII and inner spaces",
        problems);
    return problems;
  }

  private static void refuse(boolean wrong, String problem, List<String> problems) {
    if (wrong) {
      problems.add(problem);
    }
  }

  DeliverySettings settings() {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    return new DeliverySettings(
        retrySchedule,
        requestTimeout,
        expiry,
        retention,
        maxInFlight,
        maxInFlightPerWebhook,
        defaults.maxOwned(),
        defaults.maxOwnedBytes(),
        completionLinger);
  }
}
