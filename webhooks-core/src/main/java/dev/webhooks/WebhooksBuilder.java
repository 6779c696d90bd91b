package dev.webhooks;

import dev.webhooks.internal.engine.DeliveryEngine;
import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.registry.ConfigurationCodec;
import dev.webhooks.internal.registry.ManualRetries;
import dev.webhooks.internal.registry.Reencryptor;
import dev.webhooks.internal.registry.RegistryRules;
import dev.webhooks.internal.registry.RequestHeaders;
import dev.webhooks.internal.registry.StoredDeliveryLogs;
import dev.webhooks.internal.registry.StoredWebhookRegistry;
import dev.webhooks.internal.registry.Transactions;
import dev.webhooks.internal.registry.WebhookImports;
import dev.webhooks.internal.registry.WebhookTester;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.IdGenerator;
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
import dev.webhooks.validation.JacksonJsonCodec;
import dev.webhooks.validation.PayloadPolicy;
import dev.webhooks.validation.PublicTargetGuard;
import dev.webhooks.validation.SecretPolicy;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Configures a {@link Webhooks}. A store, a transport and a catalogue of event types are required,
 * everything else has a default.
 *
 * <p>Not thread-safe; what it has built does not change with it.
 */
public final class WebhooksBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);

  private static final String STORE_MISSING =
      "a store is required, for example JdbcWebhookStore.on(dataSource)";
  private static final String TRANSPORT_MISSING =
      "a transport is required, for example OkHttpTransport.create()";
  private static final String CATALOG_MISSING = "a catalogue of event types is required:"
      + " events(EventCatalog.builder()...build()) with types of your own,"
      + " EventCatalog.builtIn() for events of data sets and data sources,"
      + " or EventCatalog.acceptingAny() for every type";

  private static final Pattern USER_AGENT = Pattern.compile("(?! )[ -~]{1,256}(?<! )");
  private static final Duration SHORTEST_TEST_TIME = Duration.ofSeconds(60);
  private static final Duration TEST_MARGIN = Duration.ofSeconds(30);

  private @Nullable WebhookStore store;
  private @Nullable WebhookTransport transport;
  private @Nullable EventCatalog catalog;
  private Signer signer = Signer.standard();
  private RetrySchedule retrySchedule = RetrySchedule.standard();
  private Duration requestTimeout = DeliverySettings.DEFAULTS.requestTimeout();
  private Duration expiry = DeliverySettings.DEFAULTS.expiry();
  private Duration retention = DeliverySettings.DEFAULTS.retention();
  private int maxInFlight = DeliverySettings.DEFAULTS.maxInFlight();
  private int maxInFlightPerWebhook = DeliverySettings.DEFAULTS.maxInFlightPerWebhook();
  private Duration completionLinger = DeliverySettings.DEFAULTS.completionLinger();
  private int maxWebhooksPerAccount = 50;
  private int maxPayloadBytes = PayloadPolicy.DEFAULT_MAX_BYTES;
  private final TargetOptions targetOptions = new TargetOptions();
  private DeliveryListener listener = DeliveryListener.NONE;
  private Tracing tracing = Tracing.NONE;
  private boolean sendTraceparent;
  private JsonCodec jsonCodec = JacksonJsonCodec.create();
  private @Nullable SecretCipher cipher;
  private @Nullable AmbientTransactions ambientTransactions;
  private String userAgent = "webhooks-java/" + Version.NUMBER;
  private boolean sending = true;
  private Duration closeGrace = Duration.ofSeconds(30);
  private NameResolver resolver = NameResolver.system();
  private Ticker ticker = Ticker.system();
  private @Nullable InstantSource clock;
  private @Nullable TaskRunner runner;
  private @Nullable RandomGenerator random;

  WebhooksBuilder() {}

  /** Sets where everything is kept; required. */
  public WebhooksBuilder store(WebhookStore store) {
    this.store = Objects.requireNonNull(store, "store");
    return this;
  }

  /** Sets what sends requests; required. It is closed with the instance. */
  public WebhooksBuilder transport(WebhookTransport transport) {
    this.transport = Objects.requireNonNull(transport, "transport");
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
    this.catalog = Objects.requireNonNull(catalog, "catalog");
    return this;
  }

  /**
   * Sets how requests are signed; the default is the timestamped scheme with Standard Webhooks
   * beside it.
   */
  public WebhooksBuilder signatures(SignatureScheme... schemes) {
    this.signer = Signer.of(schemes);
    return this;
  }

  /** Sets when failed attempts are repeated; the default is {@link RetrySchedule#standard()}. */
  public WebhooksBuilder retrySchedule(RetrySchedule retrySchedule) {
    this.retrySchedule = Objects.requireNonNull(retrySchedule, "retrySchedule");
    return this;
  }

  /**
   * Sets how long a whole exchange may take; the default is 30 seconds.
   *
   * @param requestTimeout more than zero and at most a day
   */
  public WebhooksBuilder requestTimeout(Duration requestTimeout) {
    this.requestTimeout = Objects.requireNonNull(requestTimeout, "requestTimeout");
    return this;
  }

  /**
   * Sets how long after its publishing a delivery may stay pending; the default is 5 days.
   *
   * @param expiry more than zero and at most 10,000 days
   */
  public WebhooksBuilder expiry(Duration expiry) {
    this.expiry = Objects.requireNonNull(expiry, "expiry");
    return this;
  }

  /**
   * Sets how long finished deliveries and their attempts stay in the log; the default is 30 days.
   * An event's payload is kept for this time and the {@link #expiry} after it was published, or
   * after its latest manual retry, as they are set at that moment. Statistics are kept with the
   * webhook.
   *
   * @param retention more than zero and at most 10,000 days
   */
  public WebhooksBuilder retention(Duration retention) {
    this.retention = Objects.requireNonNull(retention, "retention");
    return this;
  }

  /**
   * Sets how many attempts run at once in this instance; the defaults are 256 in all and 8 of one
   * webhook.
   *
   * @param all at least 1
   * @param perWebhook at least 1 and not above {@code all}
   */
  public WebhooksBuilder maxInFlight(int all, int perWebhook) {
    this.maxInFlight = all;
    this.maxInFlightPerWebhook = perWebhook;
    return this;
  }

  /** Sets how many webhooks an account may have; the default is 50. */
  public WebhooksBuilder maxWebhooksPerAccount(int maxWebhooksPerAccount) {
    this.maxWebhooksPerAccount = maxWebhooksPerAccount;
    return this;
  }

  /** Sets how many bytes of JSON the data of an event may have; the default is 256 KiB. */
  public WebhooksBuilder maxPayloadBytes(int maxPayloadBytes) {
    this.maxPayloadBytes = maxPayloadBytes;
    return this;
  }

  /**
   * Allows targets although they are not public, for tests and on-premises; logged when the
   * instance is built.
   *
   * @param targets host names, addresses or CIDR ranges
   */
  public WebhooksBuilder allowTargets(String... targets) {
    targetOptions.allowed = TargetOptions.given(targets, "targets");
    return this;
  }

  /**
   * Refuses targets although they are public, or allowed by {@link #allowTargets}: addresses of the
   * host's own, partners that must not be called, or {@code 64:ff9b::/96} to do without NAT64. Both
   * for new URLs and on every attempt; an attempt that meets one fails as {@code blocked_address}.
   *
   * @param targets host names, addresses or CIDR ranges; an IPv4 address or range also stands for
   *     the IPv6 addresses that embed it, a name for itself only
   */
  public WebhooksBuilder refuseTargets(String... targets) {
    targetOptions.refused = TargetOptions.given(targets, "targets");
    return this;
  }

  /**
   * Refuses the addresses that this machine's network interfaces have, so that no webhook calls the
   * host itself on its public address. They are read at each check, which costs a call of the
   * operating system. An address that the machine does not know, as behind NAT or a load balancer,
   * is for {@link #refuseTargets}.
   */
  public WebhooksBuilder refuseOwnAddresses() {
    targetOptions.refusingOwnAddresses = true;
    return this;
  }

  /**
   * Sets which ports webhooks may use, both for new URLs and on every attempt; the default is 1 to
   * 65535. {@code allowPorts("443", "1024-65535")} keeps requests from mail servers and other
   * services on well-known ports.
   *
   * @param ports at least one port, or range of ports with a hyphen between first and last
   */
  public WebhooksBuilder allowPorts(String... ports) {
    targetOptions.ports = TargetOptions.given(ports, "ports");
    return this;
  }

  /** Sets who is told what becomes of deliveries. */
  public WebhooksBuilder listener(DeliveryListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return this;
  }

  /**
   * Sets what connects attempts with the trace in which their event was published; by default
   * nothing does. Endpoints are told of it only after {@link #sendTraceparent()}.
   */
  public WebhooksBuilder tracing(Tracing tracing) {
    this.tracing = Objects.requireNonNull(tracing, "tracing");
    return this;
  }

  /**
   * Sends endpoints the header {@code traceparent}: the context that {@link #tracing} captured, if
   * that is a valid W3C {@code traceparent} of 55 characters. It shows customers ids of the host's
   * traces, and takes the place of a custom header of that name. Without it none is sent but a
   * custom one. Tests have no context.
   */
  public WebhooksBuilder sendTraceparent() {
    this.sendTraceparent = true;
    return this;
  }

  /** Sets how data that is not JSON yet becomes JSON; the default uses Jackson 2. */
  public WebhooksBuilder jsonCodec(JsonCodec jsonCodec) {
    this.jsonCodec = Objects.requireNonNull(jsonCodec, "jsonCodec");
    return this;
  }

  /**
   * Sets what encrypts secrets and custom headers before they are stored. Without it they are
   * stored as they are, which is logged as a warning; {@link SecretCipher#none()} says that this is
   * wanted. An instance without a cipher neither sends nor registers webhooks if anything in its
   * store is encrypted; it may publish.
   */
  public WebhooksBuilder secretCipher(SecretCipher cipher) {
    this.cipher = Objects.requireNonNull(cipher, "cipher");
    return this;
  }

  /**
   * Joins the host's current transaction, if there is one, without {@link AccountWebhooks#in}. All
   * that an account can do then takes effect when that transaction commits, and never happened if
   * it rolls back: publishing, and creating, changing, deleting, erasing, importing, retrying and
   * reading webhooks. {@link AccountWebhooks#test(String)} is refused in a transaction; delivery
   * logs show what is committed. Without a current transaction each operation has one of its own,
   * as it has if this is not set.
   *
   * <p>If the port throws, the operation fails with an {@link IllegalStateException} that names the
   * reason, or with the port's {@link dev.webhooks.model.WebhookException}, and nothing is stored.
   *
   * @param ambientTransactions the host's current transactions on the store's database
   */
  public WebhooksBuilder ambientTransactions(AmbientTransactions ambientTransactions) {
    this.ambientTransactions = Objects.requireNonNull(ambientTransactions, "ambientTransactions");
    return this;
  }

  /**
   * Sets the {@code User-Agent} header: 1 to 256 characters of visible ASCII and inner spaces; the
   * default names the library and its version.
   */
  public WebhooksBuilder userAgent(String userAgent) {
    this.userAgent = Objects.requireNonNull(userAgent, "userAgent");
    return this;
  }

  /**
   * Sets whether this instance sends; one that does not only publishes and manages, and others
   * send.
   */
  public WebhooksBuilder sending(boolean sending) {
    this.sending = sending;
    return this;
  }

  /**
   * Sets how long closing waits for attempts in flight; the default is 30 seconds.
   *
   * @param closeGrace zero to a day
   */
  public WebhooksBuilder closeGrace(Duration closeGrace) {
    this.closeGrace = Objects.requireNonNull(closeGrace, "closeGrace");
    return this;
  }

  /** Replaces the look-up of host names. */
  public WebhooksBuilder resolver(NameResolver resolver) {
    this.resolver = Objects.requireNonNull(resolver, "resolver");
    return this;
  }

  /** Replaces the one clock, which is otherwise the database's time; for tests. */
  public WebhooksBuilder clock(InstantSource clock) {
    this.clock = Objects.requireNonNull(clock, "clock");
    return this;
  }

  /** Replaces the measure of elapsed time; for tests. */
  public WebhooksBuilder ticker(Ticker ticker) {
    this.ticker = Objects.requireNonNull(ticker, "ticker");
    return this;
  }

  /**
   * Replaces the threads that do background work; for tests. Outcomes are then written without
   * collecting them.
   */
  public WebhooksBuilder taskRunner(TaskRunner runner) {
    this.runner = Objects.requireNonNull(runner, "runner");
    this.completionLinger = Duration.ZERO;
    return this;
  }

  /**
   * Replaces the source of secrets, ids and jitter; for tests. It must be safe for use by several
   * threads.
   */
  public WebhooksBuilder random(RandomGenerator random) {
    this.random = Objects.requireNonNull(random, "random");
    return this;
  }

  /**
   * Builds the instance; nothing runs yet and no database is touched.
   *
   * @throws IllegalArgumentException naming every problem of the configuration
   */
  public Webhooks build() {
    List<String> problems = new ArrayList<>();
    TargetOptions.Targets targets = targetOptions.read(problems);
    DeliverySettings settings = settings(problems);
    WebhookStore presentStore = store;
    WebhookTransport presentTransport = transport;
    EventCatalog presentCatalog = catalog;
    require(presentStore, STORE_MISSING, problems);
    require(presentTransport, TRANSPORT_MISSING, problems);
    require(presentCatalog, CATALOG_MISSING, problems);
    if (closeGrace.isNegative() || closeGrace.compareTo(DeliverySettings.LONGEST_REQUEST) > 0) {
      problems.add("closeGrace must be zero to 1 day, not " + closeGrace);
    }
    if (maxWebhooksPerAccount < 1) {
      problems.add("maxWebhooksPerAccount must be at least 1, not " + maxWebhooksPerAccount);
    }
    if (maxPayloadBytes < 2) {
      problems.add("maxPayloadBytes must be at least 2, not " + maxPayloadBytes);
    }
    if (!USER_AGENT.matcher(userAgent).matches()) {
      problems.add("userAgent must be 1 to 256 characters of visible ASCII and inner spaces");
    }
    if (!problems.isEmpty()
        || presentStore == null
        || presentTransport == null
        || presentCatalog == null) {
      throw new IllegalArgumentException(
          "webhooks cannot be built: " + String.join("; ", problems));
    }
    return assemble(presentStore, presentTransport, presentCatalog, settings, targets);
  }

  private static void require(@Nullable Object part, String problem, List<String> problems) {
    if (part == null) {
      problems.add(problem);
    }
  }

  private Webhooks assemble(
      WebhookStore store,
      WebhookTransport transport,
      EventCatalog catalog,
      DeliverySettings settings,
      TargetOptions.Targets targets) {
    if (!targets.allowed().isEmpty()) {
      LOG.info("targets allowed although they may not be public: {}", targets.allowed());
    }
    PublicTargetGuard guard = targets.guard(resolver);
    transport.guardWith(guard);
    RandomGenerator secure = random == null ? new SecureRandom() : random;
    IdGenerator ids = new IdGenerator(secure);
    EventPolicy events = EventPolicy.of(catalog);
    ConfigurationCodec codec = new ConfigurationCodec(presentCipher());
    HeaderPolicy headers = HeaderPolicy.standard(signer.headerNames());
    PayloadPolicy payloads = PayloadPolicy.standard(jsonCodec, maxPayloadBytes);
    EngineParts parts = new EngineParts(
        store,
        transport,
        signer,
        codec,
        events,
        headers,
        payloads,
        settings,
        listener,
        tracing,
        sendTraceparent,
        ids,
        random == null ? new ThreadRandom() : random,
        ticker,
        clock == null ? Clock.systemUTC() : clock,
        clock,
        runner,
        userAgent,
        Version.NUMBER);
    DeliveryEngine engine = new DeliveryEngine(parts);
    RegistryRules rules = new RegistryRules(
        targets.urlPolicy(guard), events, headers, SecretPolicy.standard(), secure);
    Transactions transactions = new Transactions(store, ids, engine.clock());
    StoredWebhookRegistry registry = new StoredWebhookRegistry(
        transactions, rules, codec, maxWebhooksPerAccount, engine::configurationChanged);
    Duration keep = settings.expiry().plus(settings.retention());
    ManualRetries retries = new ManualRetries(transactions, keep, engine::workAppeared);
    WebhookTester tests =
        new WebhookTester(transactions, payloads, testTimes(keep), engine::sendTest);
    return new Webhooks(new Assembly(
        catalog,
        store,
        transport,
        engine,
        registry,
        new StoredDeliveryLogs(
            store, rules, new RequestHeaders(codec, userAgent, signer.headerNames())),
        retries,
        tests,
        new WebhookImports(transactions, rules, codec),
        new Reencryptor(store, codec, engine.clock()),
        ambientTransactions,
        guard,
        sending,
        closeGrace));
  }

  private SecretCipher presentCipher() {
    if (cipher == null) {
      LOG.warn("no secretCipher is set: secrets and custom headers are stored as plain text. Set"
          + " secretCipher(AesGcmSecretCipher.of(key)), or SecretCipher.none() if that is meant");
      return SecretCipher.none();
    }
    return cipher;
  }

  private WebhookTester.Times testTimes(Duration keep) {
    Duration beyondTimeout = requestTimeout.plus(TEST_MARGIN);
    boolean longer = beyondTimeout.compareTo(SHORTEST_TEST_TIME) > 0;
    return new WebhookTester.Times(longer ? beyondTimeout : SHORTEST_TEST_TIME, keep);
  }

  private DeliverySettings settings(List<String> problems) {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    DeliverySettings settings = new DeliverySettings(
        retrySchedule,
        requestTimeout,
        expiry,
        retention,
        maxInFlight,
        maxInFlightPerWebhook,
        defaults.maxOwned(),
        defaults.maxOwnedBytes(),
        completionLinger);
    problems.addAll(settings.problems());
    return settings;
  }

  /** Jitter needs no secrecy but many threads. */
  private static final class ThreadRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }
}
