package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests what is special on MariaDB: hosts' transactions run at REPEATABLE READ by default and lock
 * the places of rows that are not there, times have no zone, and the driver has options.
 */
class JdbcMariaDbTest {
  private static final Fingerprint PRINT = Fingerprint.of("create").build();

  @AutoClose
  private HikariDataSource pool;

  private JdbcWebhookStore store;
  private WebhookConfiguration webhook;

  private void open(String options) {
    pool = new HikariDataSource();
    pool.setJdbcUrl(TestMariaDb.url() + "&" + options);
    pool.setMaximumPoolSize(12);
    pool.setMinimumIdle(1);
    store = JdbcWebhookStore.on(pool);
    store.open();
    long number = Samples.insertWebhook(store);
    webhook = store.queue().configurations(List.of(number)).get(number);
  }

  @Test
  void hosts_transaction_blocks_no_other() throws SQLException {
    open("");
    IdempotencyKey used = new IdempotencyKey("acme-2", "k-2");
    reserve(null, used);
    try (Host host = new Host();
        Host other = new Host()) {
      host.in(session -> session.idempotency().reserve(used, PRINT, Samples.id(), Samples.NOW));
      host.in(session -> session.lockWebhook(Samples.ACME, Samples.id()));
      createdIn(host, "acme-2", "k-3");
      host.in(session -> session.insertEvents(List.of(given("acme-2", "e-5"))));

      // Whoever had to wait here would wait in vain, and be told so.
      for (String neighbour : List.of("acme-1", "acme-3")) {
        createdIn(other, neighbour, "k-3");
        other.in(session -> session.insertEvents(List.of(given(neighbour, "e-4"))));
        other.in(session -> session.insertEvents(List.of(given(neighbour, "e-6"))));
      }
      createdIn(other, "acme-0", "k-1");
      other.connection.commit();
      host.connection.commit();
    }
  }

  private static void createdIn(Host host, String account, String key) {
    IdempotencyKey name = new IdempotencyKey(account, key);
    assertThat(host.<Reservation>in(
            session -> session.idempotency().reserve(name, PRINT, Samples.id(), Samples.NOW)))
        .isEqualTo(new Reservation.Taken());
    host.in(session -> {
      session.lockAccount(account);
      return session.insertWebhook(Samples.webhook("of " + account));
    });
  }

  @Test
  void webhooks_of_one_account_are_changed_side_by_side() throws SQLException {
    open("");
    WebhookRow one = locked(webhook.id());
    UUID second = Samples.webhook("second").configuration().id();
    WebhookRow two = renamed(Samples.webhook("second"), second, List.of("a.*"));
    Samples.write(store, session -> session.insertWebhook(two));
    try (Host host = new Host();
        Host other = new Host()) {
      host.in(session -> changed(session, one.configuration().id(), List.of("order.*", "b.*")));
      other.in(session -> changed(session, second, List.of("c.*")));
      host.in(session -> changed(session, one.configuration().id(), List.of("d.*")));
      other.connection.commit();
      host.connection.commit();
    }
    assertThat(subscribers("order.paid")).isEmpty();
    assertThat(subscribers("a.b")).isEmpty();
    assertThat(subscribers("d.b")).containsExactly(webhook.id());
    assertThat(subscribers("c.b")).containsExactly(second);
  }

  private WebhookRow locked(UUID id) {
    return store.transact(session -> session.lockWebhook(Samples.ACME, id).orElseThrow());
  }

  private static boolean changed(StoreSession session, UUID id, List<String> events) {
    WebhookRow row = session.lockWebhook(Samples.ACME, id).orElseThrow();
    session.updateWebhook(
        new WebhookRow(row.configuration(), row.name(), events, row.createdAt(), Samples.NOW));
    return true;
  }

  private static WebhookRow renamed(WebhookRow row, UUID id, List<String> events) {
    WebhookConfiguration c = row.configuration();
    WebhookConfiguration renamed = WebhookConfiguration.of(id, c.account())
        .url(c.url())
        .headers(c.headers())
        .secret(c.secret())
        .build();
    return new WebhookRow(renamed, row.name(), events, row.createdAt(), row.updatedAt());
  }

  private List<UUID> subscribers(String type) {
    return store.transact(
        session -> session.subscribers(Samples.ACME, Set.of(type)).get(type).stream()
            .map(WebhookConfiguration::id)
            .toList());
  }

  /**
   * Newer servers refuse locking reads of what changed after the snapshot, and do so by default.
   */
  @ParameterizedTest
  @ValueSource(strings = {"OFF", "ON"})
  void id_committed_after_the_hosts_snapshot_is_known(String snapshotIsolation)
      throws SQLException {
    open("sessionVariables=innodb_snapshot_isolation=" + snapshotIsolation);
    NewEvent first = given(Samples.ACME, "e-5");
    try (Host host = new Host()) {
      Samples.publish(store, Samples.event(webhook.number(), 0, "e-1"), first);

      List<EventReceipt> receipts = host.in(session ->
          session.insertEvents(List.of(given(Samples.ACME, "e-4"), given(Samples.ACME, "e-5"))));

      assertThat(receipts).extracting(EventReceipt::stored).containsExactly(true, false);
      assertThat(receipts.get(1).fingerprint()).isEqualTo(first.fingerprint());
      host.in(session -> session.insertEvents(List.of(given(Samples.ACME, "e-9"))));
      host.connection.commit();
    }
    assertThat(store.queue().depth().pending()).isEqualTo(4);
  }

  /** The conflict locks the place before the id too. */
  @Test
  void conflict_on_an_id_holds_up_no_event_without_one() throws SQLException {
    open("");
    Samples.publish(store, event("zeta", null, new byte[1], Samples.NOW));
    try (Host host = new Host()) {
      Samples.publish(store, given(Samples.ACME, "e-5"));
      List<EventReceipt> receipts =
          host.in(session -> session.insertEvents(List.of(given(Samples.ACME, "e-5"))));
      assertThat(receipts).extracting(EventReceipt::stored).containsExactly(false);

      Samples.publish(store, Samples.event(webhook.number()), given(Samples.ACME, "e-6"));
      host.connection.commit();
    }
  }

  /**
   * A transaction that waits in the database for such a key is in a deadlock when its owner rolls
   * back.
   */
  @Test
  void roll_back_of_a_key_costs_none_of_those_who_want_it_its_transaction() throws Exception {
    open("");
    IdempotencyKey key = new IdempotencyKey(Samples.ACME, "wanted");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch asking = new CountDownLatch(8);
    List<Future<Reservation>> reservations = new ArrayList<>();
    try (Host first = new Host()) {
      reserve(first, key);
      for (int i = 0; i < 8; i++) {
        reservations.add(threads.submit(() -> {
          try (Host host = new Host()) {
            host.in(session -> session.insertWebhook(Samples.webhook("the host's own work")));
            asking.countDown();
            Reservation reservation = reserve(host, key);
            host.connection.commit();
            return reservation;
          }
        }));
      }
      asking.await();
      first.connection.rollback();
    }
    int taken = 0;
    for (Future<Reservation> reservation : reservations) {
      taken += reservation.get() instanceof Reservation.Taken ? 1 : 0;
    }
    threads.shutdown();

    assertThat(taken).isEqualTo(1);
    assertThat(store.<Integer>transact(session -> session.countWebhooks(Samples.ACME)))
        .isEqualTo(9);
  }

  private Reservation reserve(Host host, IdempotencyKey key) {
    Function<StoreSession, Reservation> reserve =
        session -> session.idempotency().reserve(key, PRINT, Samples.id(), Samples.NOW);
    return host == null ? store.transact(reserve) : host.in(reserve);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "useServerPrepStmts=true",
        "useBulkStmts=true",
        "useAffectedRows=true",
        "allowMultiQueries=true",
        "sessionVariables=sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
        "sessionVariables=time_zone='-09:30'",
        "sessionVariables=collation_connection=utf8mb4_unicode_ci",
        "sessionVariables=tx_isolation='SERIALIZABLE'"
      })
  void options_of_the_driver_and_the_session_make_no_difference(String options) {
    open(options);
    long me = store.instances().register("test");
    store.instances().beat(me);
    NewEvent quoted =
        event(Samples.ACME, "e-1", Samples.bytes("it's \\ a \"test\" \0"), Samples.NOW);
    Samples.publish(store, quoted, Samples.event(webhook.number()));

    List<ClaimedDelivery> claimed = claim(me);
    assertThat(claimed).hasSize(2).anySatisfy(one -> {
      assertThat(one.body()).isEqualTo(quoted.body());
      assertThat(one.createdAt()).isEqualTo(Samples.NOW);
    });
    List<AttemptOutcome> outcomes = claimed.stream().map(c -> failed(c.claim())).toList();
    assertThat(store.queue().finish(me, outcomes, Samples.NOW)).hasSize(2);
    List<NewRetry> retries = claimed.stream()
        .map(c -> new NewRetry(c.claim().ref().id(), Samples.id()))
        .toList();
    Set<UUID> retried = store.transact(session ->
        session.retry(webhook.number(), retries, Samples.NOW, Samples.NOW.plusSeconds(1_000_000)));
    assertThat(retried).hasSize(2);

    Samples.write(store, session -> changed(session, webhook.id(), List.of("b.*")));
    assertThat(subscribers("b.c")).hasSize(1);
    assertThat(store.log().page(webhook, DeliveryQuery.latest())).hasSize(4);
    store.queue().foldStatistics();
    assertThat(store
            .queue()
            .release(me, claim(me).stream().map(ClaimedDelivery::claim).toList()))
        .isEqualTo(2);
  }

  /** Half past two does not exist on that day in New York. */
  @Test
  void times_are_kept_whatever_the_zone_of_the_process() {
    Instant time = Instant.parse("2026-03-08T02:30:00.123456Z");
    TimeZone usual = TimeZone.getDefault();
    TimeZone.setDefault(TimeZone.getTimeZone("America/New_York"));
    try {
      open("");
      long me = store.instances().register("test");
      Samples.publish(store, event(Samples.ACME, null, new byte[1], time));

      assertThat(claim(me))
          .singleElement()
          .extracting(ClaimedDelivery::createdAt)
          .isEqualTo(time);
      assertThat(Duration.between(store.currentTime(), Instant.now()).abs())
          .isLessThan(Duration.ofMinutes(10));
    } finally {
      TimeZone.setDefault(usual);
    }
  }

  @Test
  void many_large_bodies_fit_the_packets() {
    open("");
    byte[] body = new byte[256 << 10];
    new Random(3).nextBytes(body);
    NewEvent[] events = IntStream.range(0, 80)
        .mapToObj(i -> event(Samples.ACME, null, body, Samples.NOW))
        .toArray(NewEvent[]::new);

    Samples.publish(store, events);

    assertThat(store.queue().depth().pending()).isEqualTo(80);
  }

  private List<ClaimedDelivery> claim(long me) {
    return store.queue().claim(new ClaimRequest(me, Samples.NOW, 0, 99, 99, 1 << 20, Map.of()));
  }

  private static AttemptOutcome failed(ClaimRef claim) {
    return new AttemptOutcome(
        claim,
        1,
        Samples.NOW,
        5,
        500,
        DeliveryError.HTTP_STATUS,
        Samples.bytes("it's \\ gone \0"),
        DeliveryStatus.FAILED,
        null);
  }

  private NewEvent given(String account, String id) {
    return event(account, id, Samples.bytes(id), Samples.NOW);
  }

  private NewEvent event(String account, String givenId, byte[] body, Instant time) {
    NewEvent event = Samples.event(webhook.number(), 0, givenId);
    return new NewEvent(
        event.id(),
        account,
        givenId,
        event.fingerprint(),
        event.type(),
        body,
        time,
        event.keepUntil(),
        event.traceContext(),
        List.of(new NewDelivery(event.deliveries().get(0).ref(), 0)));
  }

  /** A transaction of the host at its usual isolation level, whose snapshot is taken. */
  private final class Host implements AutoCloseable {
    private final Connection connection = pool.getConnection();
    private final JdbcTransaction transaction;

    Host() throws SQLException {
      connection.setAutoCommit(false);
      assertThat(connection.getTransactionIsolation())
          .isEqualTo(Connection.TRANSACTION_REPEATABLE_READ);
      try (Statement statement = connection.createStatement()) {
        statement.execute("select count(*) from webhooks_event");
      }
      transaction = JdbcTransaction.on(connection);
    }

    <T> T in(Function<StoreSession, T> work) {
      return store.join(transaction, work);
    }

    @Override
    public void close() throws SQLException {
      connection.rollback();
      connection.close();
    }
  }
}
