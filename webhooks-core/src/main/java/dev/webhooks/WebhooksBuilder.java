package dev.webhooks;

import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.signing.SignatureScheme;
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
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * Configures a {@link Webhooks}. A store, a transport and a catalogue of event types are required,
 * everything else has a default.
 *
 * <p>A host can replace or decorate each part. Options that take a {@link UnaryOperator} hand the
 * library's own part over: {@link #build()} calls the operator once, and it returns the part to
 * use, never null. All parts are thread-safe. What a rule or the registry throws reaches the caller
 * as it is. After an exception of a rule nothing is stored.
 *
 * <p>Not thread-safe; what it has built does not change with it. No option takes null.
 */
public final class WebhooksBuilder {
  private final Options options = new Options();

  WebhooksBuilder() {}

  /**
   * Sets where everything is kept; required. To decorate a store, give one that passes calls on.
   *
   * @param store closed with the instance
   */
  public WebhooksBuilder store(WebhookStore store) {
    options.store = Objects.requireNonNull(store, "store");
    return this;
  }

  /**
   * Sets what sends requests; required. To decorate a transport, give one that passes calls on.
   *
   * @param transport closed with the instance
   */
  public WebhooksBuilder transport(WebhookTransport transport) {
    options.transport = Objects.requireNonNull(transport, "transport");
    return this;
  }

  /**
   * Sets which event types exist; required.
   *
   * @param catalog types of the host's own by {@link EventCatalog#builder()}, those of data sets
   *     and data sources by {@link EventCatalog#builtIn()}, or every type by
   *     {@link EventCatalog#acceptingAny()}
   */
  public WebhooksBuilder events(EventCatalog catalog) {
    options.catalog = Objects.requireNonNull(catalog, "catalog");
    return this;
  }

  /**
   * Sets how requests are signed; the default is the timestamped scheme with Standard Webhooks
   * beside it.
   */
  public WebhooksBuilder signatures(SignatureScheme... schemes) {
    return signer(Signer.of(schemes));
  }

  /**
   * Sets what signs requests in place of {@link #signatures}, such as a key service. Called once
   * for each attempt on its thread, before the request's time begins; it bounds its own time.
   *
   * <p>An exception fails the attempt with {@code unsendable}. The delivery is retried by its
   * schedule, and the endpoint's health does not suffer.
   */
  public WebhooksBuilder signer(Signer signer) {
    options.signer = Objects.requireNonNull(signer, "signer");
    return this;
  }

  /**
   * Decorates or replaces the rule for URLs, asked when a webhook is created, imported or gets
   * another URL. {@link #targetGuard} checks what is dialled.
   */
  public WebhooksBuilder urlPolicy(UnaryOperator<UrlPolicy> urlPolicy) {
    options.urlPolicy = Objects.requireNonNull(urlPolicy, "urlPolicy");
    return this;
  }

  /**
   * Decorates or replaces the rule for addresses, asked for each new URL and on every attempt. An
   * attempt that it refuses fails with the error that it names.
   */
  public WebhooksBuilder targetGuard(UnaryOperator<TargetGuard> targetGuard) {
    options.targetGuard = Objects.requireNonNull(targetGuard, "targetGuard");
    return this;
  }

  /**
   * Decorates or replaces the rule for custom headers, asked when they are set and before each
   * attempt. If it refuses them by then, the attempt fails with {@code unsendable}.
   */
  public WebhooksBuilder headerPolicy(UnaryOperator<HeaderPolicy> headerPolicy) {
    options.headerPolicy = Objects.requireNonNull(headerPolicy, "headerPolicy");
    return this;
  }

  /** Decorates or replaces the rule that checks and generates secrets. */
  public WebhooksBuilder secretPolicy(UnaryOperator<SecretPolicy> secretPolicy) {
    options.secretPolicy = Objects.requireNonNull(secretPolicy, "secretPolicy");
    return this;
  }

  /** Decorates or replaces the rule for subscriptions, published events and filters of lists. */
  public WebhooksBuilder eventPolicy(UnaryOperator<EventPolicy> eventPolicy) {
    options.eventPolicy = Objects.requireNonNull(eventPolicy, "eventPolicy");
    return this;
  }

  /** Decorates or replaces the rule for the payloads of events and tests. */
  public WebhooksBuilder payloadPolicy(UnaryOperator<PayloadPolicy> payloadPolicy) {
    options.payloadPolicy = Objects.requireNonNull(payloadPolicy, "payloadPolicy");
    return this;
  }

  /**
   * Decorates or replaces the registry of webhooks, in Java and in the management API. Imports,
   * tests, retries and delivery logs do not pass through it.
   */
  public WebhooksBuilder registry(UnaryOperator<WebhookRegistry> registry) {
    options.registry = Objects.requireNonNull(registry, "registry");
    return this;
  }

  /**
   * Keeps idempotency keys in a cache of the host's in place of the store's. Keys then no longer
   * commit or roll back with the database; {@link IdempotencyCache} says what follows.
   */
  public WebhooksBuilder idempotencyCache(IdempotencyCache idempotencyCache) {
    options.idempotencyCache = Objects.requireNonNull(idempotencyCache, "idempotencyCache");
    return this;
  }

  /** Sets when failed attempts are repeated; the default is {@link RetrySchedule#standard()}. */
  public WebhooksBuilder retrySchedule(RetrySchedule retrySchedule) {
    options.retrySchedule = Objects.requireNonNull(retrySchedule, "retrySchedule");
    return this;
  }

  /**
   * Sets how long a whole exchange may take; the default is 30 seconds.
   *
   * @param requestTimeout more than zero and at most a day
   */
  public WebhooksBuilder requestTimeout(Duration requestTimeout) {
    options.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
    return this;
  }

  /**
   * Sets how long after its publishing a delivery may stay pending; the default is 5 days.
   *
   * @param expiry more than zero and at most 10,000 days
   */
  public WebhooksBuilder expiry(Duration expiry) {
    options.expiry = Objects.requireNonNull(expiry, "expiry");
    return this;
  }

  /**
   * Sets how long finished deliveries and their attempts stay in the log; the default is 30 days. A
   * payload is kept for this time and the {@link #expiry} after the event was published, or after
   * its latest manual retry. Statistics stay with the webhook.
   *
   * @param retention more than zero and at most 10,000 days
   */
  public WebhooksBuilder retention(Duration retention) {
    options.retention = Objects.requireNonNull(retention, "retention");
    return this;
  }

  /**
   * Sets how many attempts run at once in this instance; the defaults are 256 and 8.
   *
   * @param all at least 1
   * @param perWebhook at least 1 and not above {@code all}
   */
  public WebhooksBuilder maxInFlight(int all, int perWebhook) {
    options.maxInFlight = all;
    options.maxInFlightPerWebhook = perWebhook;
    return this;
  }

  /** Sets how many webhooks an account may have; the default is 50. */
  public WebhooksBuilder maxWebhooksPerAccount(int maxWebhooksPerAccount) {
    options.maxWebhooksPerAccount = maxWebhooksPerAccount;
    return this;
  }

  /** Sets how many bytes of JSON the data of an event may have; the default is 256 KiB. */
  public WebhooksBuilder maxPayloadBytes(int maxPayloadBytes) {
    options.maxPayloadBytes = maxPayloadBytes;
    return this;
  }

  /**
   * Allows targets although they are not public, for tests and on-premises. Logged by build.
   *
   * @param targets host names, addresses or CIDR ranges
   */
  public WebhooksBuilder allowTargets(String... targets) {
    options.targets.allowed = TargetOptions.given(targets, "targets");
    return this;
  }

  /**
   * Refuses targets although they are public or allowed, both for new URLs and on every attempt,
   * which then fails as {@code blocked_address}. {@code 64:ff9b::/96} does without NAT64.
   *
   * @param targets host names, addresses or CIDR ranges; an IPv4 address or range also stands for
   *     the IPv6 addresses that embed it, a name for itself only
   */
  public WebhooksBuilder refuseTargets(String... targets) {
    options.targets.refused = TargetOptions.given(targets, "targets");
    return this;
  }

  /**
   * Refuses the addresses of this machine's network interfaces, read at each check by a call of the
   * operating system. Name others, as behind NAT or a load balancer, by {@link #refuseTargets}.
   */
  public WebhooksBuilder refuseOwnAddresses() {
    options.targets.refusingOwnAddresses = true;
    return this;
  }

  /**
   * Sets which ports webhooks may use, both for new URLs and on every attempt; the default is 1 to
   * 65535. {@code allowPorts("443", "1024-65535")} spares services on well-known ports.
   *
   * @param ports at least one port, or range of ports with a hyphen between first and last
   */
  public WebhooksBuilder allowPorts(String... ports) {
    options.targets.ports = TargetOptions.given(ports, "ports");
    return this;
  }

  /** Sets what receives delivery and webhook events. */
  public WebhooksBuilder listener(DeliveryListener listener) {
    options.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Sets what connects attempts with the trace in which their event was published; by default
   * nothing does. Endpoints are told of it only after {@link #sendTraceparent()}.
   */
  public WebhooksBuilder tracing(Tracing tracing) {
    options.tracing = Objects.requireNonNull(tracing, "tracing");
    return this;
  }

  /**
   * Sends endpoints the header {@code traceparent}: the context that {@link #tracing} captured, if
   * that is a valid W3C {@code traceparent} of 55 characters. It shows customers ids of the host's
   * traces, and replaces a custom header of that name. Tests have no context.
   */
  public WebhooksBuilder sendTraceparent() {
    options.sendTraceparent = true;
    return this;
  }

  /** Sets how data that is not JSON yet becomes JSON; the default uses Jackson 2. */
  public WebhooksBuilder jsonCodec(JsonCodec jsonCodec) {
    options.jsonCodec = Objects.requireNonNull(jsonCodec, "jsonCodec");
    return this;
  }

  /**
   * Sets what encrypts secrets and custom headers before they are stored. Without it they are
   * stored as they are, with a warning; {@link SecretCipher#none()} says that this is meant. If
   * anything in the store is encrypted, an instance without a cipher only publishes.
   */
  public WebhooksBuilder secretCipher(SecretCipher cipher) {
    options.cipher = Objects.requireNonNull(cipher, "cipher");
    return this;
  }

  /**
   * Joins the host's current transaction, if there is one, as {@link AccountWebhooks#in} would.
   * Without one, each operation has a transaction of its own.
   *
   * <p>If the port throws, the operation fails with an {@link IllegalStateException} that names the
   * reason, or with the port's {@link dev.webhooks.model.WebhookException}, and nothing is stored.
   *
   * @param ambientTransactions the host's current transactions on the store's database
   */
  public WebhooksBuilder ambientTransactions(AmbientTransactions ambientTransactions) {
    options.ambientTransactions =
        Objects.requireNonNull(ambientTransactions, "ambientTransactions");
    return this;
  }

  /**
   * Sets the {@code User-Agent} header: 1 to 256 characters of visible ASCII and inner spaces; the
   * default names the library and its version.
   */
  public WebhooksBuilder userAgent(String userAgent) {
    options.userAgent = Objects.requireNonNull(userAgent, "userAgent");
    return this;
  }

  /** Sets whether this instance sends, or only publishes and manages while others send. */
  public WebhooksBuilder sending(boolean sending) {
    options.sending = sending;
    return this;
  }

  /**
   * Sets how long closing waits for attempts in flight; the default is 30 seconds.
   *
   * @param closeGrace zero to a day
   */
  public WebhooksBuilder closeGrace(Duration closeGrace) {
    options.closeGrace = Objects.requireNonNull(closeGrace, "closeGrace");
    return this;
  }

  /** Replaces the look-up of host names. */
  public WebhooksBuilder resolver(NameResolver resolver) {
    options.resolver = Objects.requireNonNull(resolver, "resolver");
    return this;
  }

  /** Replaces the one clock, which is otherwise the database's time; for tests. */
  public WebhooksBuilder clock(InstantSource clock) {
    options.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /** Replaces the measure of elapsed time; for tests. */
  public WebhooksBuilder ticker(Ticker ticker) {
    options.ticker = Objects.requireNonNull(ticker, "ticker");
    return this;
  }

  /** Replaces the threads of background work, and writes outcomes one by one; for tests. */
  public WebhooksBuilder taskRunner(TaskRunner runner) {
    options.runner = Objects.requireNonNull(runner, "runner");
    options.completionLinger = Duration.ZERO;
    return this;
  }

  /** Replaces the source of secrets, ids and jitter; for tests. It must be thread-safe. */
  public WebhooksBuilder random(RandomGenerator random) {
    options.random = Objects.requireNonNull(random, "random");
    return this;
  }

  /**
   * Builds the instance; nothing runs yet and no database is touched.
   *
   * @throws IllegalArgumentException naming every problem of the configuration
   */
  public Webhooks build() {
    return new Assembler(options).assemble();
  }
}
