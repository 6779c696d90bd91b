package dev.webhooks.testing;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.WebhooksBuilder;
import dev.webhooks.delivery.RetrySchedule;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.store.memory.InMemoryWebhookStore;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The whole library for a host's unit tests: the real registry, validation, signing, engine and (if
 * wanted) JDBC store, with a clock that the test moves, receivers that it scripts, and no thread,
 * socket or sleep.
 *
 * <p>Nothing is sent until {@link #runUntilIdle()} or {@link #advance}. Retries have no jitter;
 * every host name is public unless scripted; every well-formed event type exists unless a catalogue
 * is given. Not thread-safe.
 */
public final class TestWebhooks implements AutoCloseable {
  private static final Instant START = Instant.parse("2026-01-05T09:00:00Z");
  private static final byte[] PUBLIC_ADDRESS = {(byte) 93, (byte) 184, (byte) 215, 14};

  private final TestClock clock = new TestClock(START);
  private final ManualTaskRunner runner = new ManualTaskRunner();
  private final TestSignatures signatures =
      new TestSignatures(SignatureScheme.timestamped(), SignatureScheme.standardWebhooks());
  private final Map<String, TestReceiver> receivers = new HashMap<>();
  private final Map<String, List<InetAddress>> names = new HashMap<>();
  private final Webhooks webhooks;

  private TestWebhooks(WebhookStore store, UnaryOperator<WebhooksBuilder> configuration) {
    WebhooksBuilder builder = Webhooks.builder()
        .events(EventCatalog.acceptingAny())
        .retrySchedule(RetrySchedule.standard().withoutJitter());
    webhooks = configuration
        .apply(builder)
        .store(store)
        .transport(this::deliver)
        .closeGrace(Duration.ZERO)
        .signatures(signatures.recording())
        .resolver(this::resolve)
        .clock(clock)
        .ticker(clock)
        .taskRunner(runner)
        .build();
    webhooks.start();
  }

  /** Returns a kit that keeps everything in memory. */
  public static TestWebhooks inMemory() {
    return on(new InMemoryWebhookStore());
  }

  /**
   * Returns a kit on a store, for example a JDBC store on the database that the code under test
   * uses.
   *
   * @param store a store of the kit's own
   */
  public static TestWebhooks on(WebhookStore store) {
    return on(store, builder -> builder);
  }

  /**
   * Returns a kit on a store with further options.
   *
   * @param store a store of the kit's own
   * @param configuration sets options such as the catalogue, the retry schedule or limits; store,
   *     transport, signatures, names, clock and threads stay the kit's
   */
  public static TestWebhooks on(WebhookStore store, UnaryOperator<WebhooksBuilder> configuration) {
    return new TestWebhooks(store, configuration);
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
   * @param url the URL in canonical form, as the webhook shows it
   */
  public TestReceiver receiver(String url) {
    return receivers.computeIfAbsent(url, TestReceiver::new);
  }

  /**
   * Lets a host name resolve to an address; without an address it resolves to nothing.
   *
   * @param host the name
   * @param addresses texts of addresses
   */
  public void resolves(String host, String... addresses) {
    names.put(host, Arrays.stream(addresses).map(TestWebhooks::literal).toList());
  }

  /**
   * Sends what is due now, and what becomes due by it, until nothing is left to do. The clock
   * stands still.
   */
  public void runUntilIdle() {
    runner.runUntilIdle();
  }

  /**
   * Moves the clock forward and sends what has become due.
   *
   * @param duration by how much
   */
  public void advance(Duration duration) {
    clock.advance(duration);
    runUntilIdle();
  }

  /** Returns the kit's clock. */
  public TestClock clock() {
    return clock;
  }

  /** Closes the library; the store's data source stays open. */
  @Override
  public void close() {
    webhooks.close();
  }

  private TransportResult deliver(TransportRequest request, Duration timeout) {
    TestReceiver receiver = receivers.get(request.url());
    return receiver == null
        ? TransportResult.failed(DeliveryError.CONNECT)
        : receiver.receive(request, signatures, clock);
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

  private static InetAddress literal(String address) {
    try {
      return InetAddress.getByName(address);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("not an address: " + address, e);
    }
  }
}
