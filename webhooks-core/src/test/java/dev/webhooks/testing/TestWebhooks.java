package dev.webhooks.testing;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.WebhooksBuilder;
import dev.webhooks.internal.validation.PublicHttpsPolicy;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Page;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import dev.webhooks.validation.UrlPolicy;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * The whole library for a host's unit tests: the real registry, validation, signing, engine and (if
 * wanted) JDBC store, with a clock that the test moves, receivers that it scripts, and no socket or
 * sleep.
 *
 * <p>Nothing is sent until {@link #runUntilIdle()} or {@link #advance}, and then by the thread that
 * calls them. Nothing is in flight before that: an attempt has the URL, secret and status that its
 * webhook has when it runs. Retries have no jitter; every host name is public unless scripted. The
 * catalogue is chosen as in production, best the same one: a misspelt event type fails the test.
 *
 * <p>The kit belongs to one thread; what it gives out as {@link #webhooks()} may be used by any, as
 * in production. Two kits on one store are two instances on one database, each with a clock of its
 * own.
 */
public final class TestWebhooks implements AutoCloseable {
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final byte[] PUBLIC_ADDRESS = {(byte) 93, (byte) 184, (byte) 215, 14};
  /**
   * The precision with which the engine does what depends on the clock alone, such as letting
   * deliveries expire.
   */
  private static final Duration LONGEST_STEP = Duration.ofHours(6);

  private static final UrlPolicy URLS =
      new PublicHttpsPolicy(new AnyTarget(), TargetRules.publicOnly());

  private final ManualTaskRunner runner = new ManualTaskRunner();
  private final DueTimes dueTimes = new DueTimes();
  private final Map<String, TestReceiver> receivers = new HashMap<>();
  private final Map<String, List<InetAddress>> names = new HashMap<>();
  private final TestClock clock;
  private final TestSignatures signatures;
  private final Webhooks webhooks;

  TestWebhooks(
      WebhookStore store,
      EventCatalog catalog,
      Instant start,
      List<SignatureScheme> schemes,
      UnaryOperator<WebhooksBuilder> configuration) {
    clock = new TestClock(start);
    signatures = new TestSignatures(schemes);
    WebhooksBuilder builder = Webhooks.builder()
        .events(catalog)
        .secretCipher(SecretCipher.none())
        .retrySchedule(RetrySchedule.standard().withoutJitter());
    webhooks = configuration
        .apply(builder)
        .store(dueTimes.of(store))
        .transport(new Transport())
        .closeGrace(Duration.ZERO)
        .signatures(signatures.recording())
        .resolver(this::resolve)
        .clock(clock)
        .ticker(clock)
        .taskRunner(runner)
        .build();
    webhooks.start();
  }

  /**
   * Returns a kit that keeps everything in memory.
   *
   * @param catalog the event types that exist
   */
  public static TestWebhooks inMemory(EventCatalog catalog) {
    return on(new InMemoryWebhookStore(), catalog);
  }

  /**
   * Returns a kit on a store, for example a JDBC store on the database that the code under test
   * uses.
   *
   * @param store a store of the kit's own
   * @param catalog the event types that exist
   */
  public static TestWebhooks on(WebhookStore store, EventCatalog catalog) {
    return on(store, catalog, builder -> builder);
  }

  /**
   * Returns a kit on a store with further options.
   *
   * @param store a store of the kit's own
   * @param catalog the event types that exist
   * @param configuration sets options such as the retry schedule or limits; store, transport,
   *     signatures, names, clock and threads stay the kit's
   */
  public static TestWebhooks on(
      WebhookStore store, EventCatalog catalog, UnaryOperator<WebhooksBuilder> configuration) {
    List<SignatureScheme> schemes =
        List.of(SignatureScheme.timestamped(), SignatureScheme.standardWebhooks());
    return on(store, catalog, schemes, configuration);
  }

  /**
   * Returns a kit on a store that signs as the host does in production.
   *
   * @param store a store of the kit's own
   * @param catalog the event types that exist
   * @param schemes the signature schemes; receivers verify each of them
   * @param configuration sets further options
   */
  public static TestWebhooks on(
      WebhookStore store,
      EventCatalog catalog,
      List<SignatureScheme> schemes,
      UnaryOperator<WebhooksBuilder> configuration) {
    Objects.requireNonNull(store, "store");
    Objects.requireNonNull(catalog, "catalog");
    Objects.requireNonNull(schemes, "schemes");
    schemes.forEach(scheme -> Objects.requireNonNull(scheme, "schemes"));
    Objects.requireNonNull(configuration, "configuration");
    return new TestWebhooks(store, catalog, START, schemes, configuration);
  }

  /** Returns what the code under test is given. */
  public Webhooks webhooks() {
    return webhooks;
  }

  /**
   * Returns what one account can do.
   *
   * @param account the account's id
   */
  public AccountWebhooks account(String account) {
    return webhooks.account(account);
  }

  /**
   * Returns the receiver at a URL; the same one for the same URL. Requests to a URL that no
   * receiver was made for find nobody there: they fail with {@code connect}.
   *
   * @param url the URL, as given to the webhook or as the webhook shows it
   */
  public TestReceiver receiver(String url) {
    Objects.requireNonNull(url, "url");
    return receivers.computeIfAbsent(canonical(url), TestReceiver::new);
  }

  /**
   * Returns every delivery of an account, whatever its webhook, in the order of publishing.
   *
   * @param account the account's id
   */
  public List<Delivery> deliveries(String account) {
    AccountWebhooks owner = webhooks.account(account);
    List<Delivery> deliveries = new ArrayList<>();
    WebhookQuery all = WebhookQuery.all().limit(WebhookQuery.MAX_LIMIT);
    Page<Webhook> page = owner.list(all);
    page.data().forEach(webhook -> deliveries.addAll(deliveries(owner, webhook)));
    while (page.next() != null) {
      page = owner.list(all.after(page.next()));
      page.data().forEach(webhook -> deliveries.addAll(deliveries(owner, webhook)));
    }
    deliveries.sort(Comparator.comparing(Delivery::createdAt).thenComparing(Delivery::id));
    return deliveries;
  }

  /**
   * Lets a host name resolve to an address; without an address it resolves to nothing. As in
   * production, that is looked at when a webhook gets its URL and again at each attempt.
   *
   * @param host the name
   * @param addresses texts of addresses
   */
  public void resolves(String host, String... addresses) {
    Objects.requireNonNull(host, "host");
    for (String address : Objects.requireNonNull(addresses, "addresses")) {
      Objects.requireNonNull(address, "addresses");
    }
    names.put(host, Arrays.stream(addresses).map(TestWebhooks::literal).toList());
  }

  /**
   * Sends what is due now, and what becomes due by it, until nothing is left to do. The clock
   * stands still, except for receivers that take a while.
   */
  public void runUntilIdle() {
    Instant began;
    do {
      began = clock.instant();
      runner.runUntilIdle();
      // A slow receiver has moved the clock: more may be due, and the engine must know the time.
    } while (clock.instant().isAfter(began));
  }

  /**
   * Lets time pass: sends what is due now, then moves the clock from one retry to the next, each of
   * which is sent at the very time it is due, and comes to rest after the duration.
   *
   * @param duration how much time passes; not negative
   * @throws IllegalArgumentException if it is negative, or 100 years would have passed in all
   */
  public void advance(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    Instant end = clock.after(duration);
    runUntilIdle();
    while (clock.instant().isBefore(end)) {
      Instant longest = clock.instant().plus(LONGEST_STEP);
      Instant step = longest.isBefore(end) ? longest : end;
      clock.advanceTo(dueTimes.takeUpTo(step).orElse(step));
      runUntilIdle();
    }
  }

  /** Returns the kit's clock. */
  public TestClock clock() {
    return clock;
  }

  /**
   * Closes the library and its store, and leaves unsent what is unsent; a data source stays open.
   */
  @Override
  public void close() {
    webhooks.close();
  }

  private static List<Delivery> deliveries(AccountWebhooks owner, Webhook webhook) {
    List<Delivery> deliveries = new ArrayList<>();
    DeliveryQuery latest = DeliveryQuery.latest().limit(DeliveryQuery.MAX_LIMIT);
    Page<Delivery> page = owner.deliveries(webhook.id(), latest);
    deliveries.addAll(page.data());
    while (page.next() != null) {
      page = owner.deliveries(webhook.id(), latest.after(page.next()));
      deliveries.addAll(page.data());
    }
    return deliveries;
  }

  private List<InetAddress> resolve(String host) throws UnknownHostException {
    List<InetAddress> scripted = names.get(host);
    if (scripted == null) {
      return List.of(InetAddress.getByAddress(host, PUBLIC_ADDRESS));
    }
    if (scripted.isEmpty()) {
      throw new UnknownHostException(host);
    }
    return scripted;
  }

  /** Returns a URL as the library writes it, or as it is if the library would refuse it. */
  private static String canonical(String url) {
    try {
      return URLS.validate(url).text();
    } catch (WebhookException e) {
      return url;
    }
  }

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
  }

  /** Hands requests to the receivers, after the look at the target that every transport takes. */
  private final class Transport implements WebhookTransport {
    private TargetGuard guard;

    @Override
    public void guardWith(TargetGuard guard) {
      this.guard = guard;
    }

    @Override
    public TransportResult send(TransportRequest request, Duration timeout) {
      try {
        URI url = URI.create(request.url());
        List<InetAddress> addresses = guard.resolve(url.getHost(), timeout);
        guard.check(url.getHost(), addresses.get(0), url.getPort() < 0 ? 443 : url.getPort());
      } catch (TargetRefusedException e) {
        return TransportResult.failed(e.error());
      }
      TestReceiver receiver = receivers.get(request.url());
      return receiver == null
          ? TransportResult.failed(DeliveryError.CONNECT)
          : receiver.receive(request, timeout, signatures, clock);
    }
  }

  /** Lets a URL be read without a look-up. */
  private static final class AnyTarget implements TargetGuard {
    @Override
    public List<InetAddress> resolve(String host, Duration atMost) {
      return List.of();
    }

    @Override
    public void check(String host, InetAddress address, int port) {}
  }
}
