package dev.webhooks;

import dev.webhooks.internal.engine.DeliveryEngine;
import dev.webhooks.internal.engine.base.EngineParts;
import dev.webhooks.internal.idempotency.HostKeysStore;
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
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.validation.CatalogEventPolicy;
import dev.webhooks.internal.validation.JsonPayloadPolicy;
import dev.webhooks.internal.validation.PublicHttpsPolicy;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.StandardHeaderPolicy;
import dev.webhooks.internal.validation.StandardSecretPolicy;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.HeaderPolicy;
import dev.webhooks.validation.PayloadPolicy;
import dev.webhooks.validation.SecretPolicy;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.UrlPolicy;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts of an instance together, as the options of its builder say. */
final class Assembler {
  private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
  private static final Duration SHORTEST_TEST_TIME = Duration.ofSeconds(60);
  private static final Duration TEST_MARGIN = Duration.ofSeconds(30);

  private final Options options;
  private final TargetRules targets;
  private final WebhookStore store;
  private final WebhookTransport transport;
  private final EventCatalog catalog;
  private final RandomGenerator secure;
  private final IdGenerator ids;
  private final PublicTargetGuard ownGuard;
  private final TargetGuard guard;
  private final EventPolicy events;
  private final HeaderPolicy headers;
  private final PayloadPolicy payloads;
  private final RegistryRules rules;

  /**
   * Checks the options and makes the rules.
   *
   * @throws IllegalArgumentException naming every problem of the options
   */
  Assembler(Options options) {
    this.options = options;
    List<String> problems = options.problems();
    this.targets = options.targets.read(problems);
    if (!problems.isEmpty()) {
      throw unbuildable(String.join("; ", problems));
    }
    this.store = Objects.requireNonNull(options.store);
    this.transport = Objects.requireNonNull(options.transport);
    this.catalog = Objects.requireNonNull(options.catalog);
    this.secure = options.random == null ? new SecureRandom() : options.random;
    this.ids = new IdGenerator(secure);
    this.ownGuard =
        PublicTargetGuard.builder().resolver(options.resolver).rules(targets).build();
    this.guard = chosen("targetGuard", options.targetGuard, ownGuard);
    this.events = chosen("eventPolicy", options.eventPolicy, new CatalogEventPolicy(catalog));
    this.headers = chosen(
        "headerPolicy",
        options.headerPolicy,
        new StandardHeaderPolicy(options.signer.headerNames()));
    this.payloads = chosen(
        "payloadPolicy",
        options.payloadPolicy,
        new JsonPayloadPolicy(options.jsonCodec, options.maxPayloadBytes));
    UrlPolicy urls = chosen("urlPolicy", options.urlPolicy, new PublicHttpsPolicy(guard, targets));
    SecretPolicy secrets = chosen("secretPolicy", options.secretPolicy, new StandardSecretPolicy());
    this.rules = new RegistryRules(urls, events, headers, secrets, secure);
  }

  private static <T> T chosen(String option, UnaryOperator<T> operator, T standard) {
    @Nullable T part = operator.apply(standard);
    if (part == null) {
      throw unbuildable(option + " must not return null");
    }
    return part;
  }

  private static IllegalArgumentException unbuildable(String problems) {
    return new IllegalArgumentException("webhooks cannot be built: " + problems);
  }

  Webhooks assemble() {
    if (!targets.allowed().isEmpty()) {
      LOG.info("targets allowed although they may not be public: {}", targets.allowed());
    }
    ConfigurationCodec codec = new ConfigurationCodec(cipher());
    DeliveryEngine engine = engine(codec);
    WebhookStore keyed = options.idempotencyCache == null
        ? store
        : new HostKeysStore(store, options.idempotencyCache);
    Transactions transactions = new Transactions(keyed, ids, engine.clock());
    WebhookRegistry registry = chosen(
        "registry",
        options.registry,
        new StoredWebhookRegistry(
            transactions,
            rules,
            codec,
            options.maxWebhooksPerAccount,
            engine::configurationChanged));
    Duration keep = options.expiry.plus(options.retention);
    Webhooks webhooks = new Webhooks(
        options,
        new Assembly(
            catalog,
            store,
            transport,
            engine,
            registry,
            new StoredDeliveryLogs(
                store,
                rules,
                new RequestHeaders(codec, options.userAgent, options.signer.headerNames())),
            new ManualRetries(transactions, keep, engine::workAppeared),
            new WebhookTester(transactions, payloads, testTimes(keep), engine::sendTest),
            new WebhookImports(transactions, rules, codec),
            new Reencryptor(store, codec, engine.clock()),
            ownGuard));
    transport.guardWith(guard);
    return webhooks;
  }

  private DeliveryEngine engine(ConfigurationCodec codec) {
    return new DeliveryEngine(new EngineParts(
        store,
        transport,
        options.signer,
        codec,
        events,
        headers,
        payloads,
        options.settings(),
        options.listener,
        options.tracing,
        options.sendTraceparent,
        ids,
        options.random == null ? new ThreadRandom() : options.random,
        options.ticker,
        options.clock == null ? Clock.systemUTC() : options.clock,
        options.clock,
        options.runner,
        options.userAgent,
        Version.NUMBER));
  }

  private SecretCipher cipher() {
    if (options.cipher == null) {
      LOG.warn("no secretCipher is set: secrets and custom headers are stored as plain text. Set"
          + " secretCipher(AesGcmSecretCipher.of(key)), or SecretCipher.none() if that is meant");
      return SecretCipher.none();
    }
    return options.cipher;
  }

  private WebhookTester.Times testTimes(Duration keep) {
    Duration beyondTimeout = options.requestTimeout.plus(TEST_MARGIN);
    boolean longer = beyondTimeout.compareTo(SHORTEST_TEST_TIME) > 0;
    return new WebhookTester.Times(longer ? beyondTimeout : SHORTEST_TEST_TIME, keep);
  }

  /** Jitter needs no secrecy but many threads. */
  private static final class ThreadRandom implements RandomGenerator {
    @Override
    public long nextLong() {
      return ThreadLocalRandom.current().nextLong();
    }
  }
}
