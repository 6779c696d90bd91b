package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Deadlocks and locks that are not to be had, on MariaDB: raised by the server for as many times as
 * a test wants, and one deadlock in earnest.
 */
class JdbcMariaDbConflictsTest {
  private static final int DEADLOCK = 1213;
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  /** Those of this database: the server itself waits for locks too. */
  private static final String WAITERS = """
      select count(*) from information_schema.innodb_trx
      join information_schema.processlist p on p.id = trx_mysql_thread_id
      where trx_state = 'LOCK WAIT' and p.db = database()""";

  @AutoClose
  private static HikariDataSource pool;

  private static JdbcWebhookStore store;
  private WebhookConfiguration webhook;
  private long me;

  @BeforeAll
  static void openStore() {
    pool = TestMariaDb.pool(TestMariaDb.database(), 4);
    store = JdbcWebhookStore.on(pool);
    store.open();
  }

  @BeforeEach
  void createWebhook() {
    long number = Samples.insertWebhook(store);
    webhook = store.queue().configurations(List.of(number)).get(number);
    me = store.instances().register("test");
  }

  @AfterEach
  void calm() throws SQLException {
    execute("drop trigger if exists raise_it");
    execute("drop sequence if exists tried");
  }

  /** An insert is what a publish does, an update a claim, and a delete an end. */
  @ParameterizedTest
  @CsvSource({
    "insert, " + DEADLOCK + ", 3",
    "update, " + DEADLOCK + ", 3",
    "delete, " + DEADLOCK + ", 3",
    "insert, " + LOCK_WAIT_TIMEOUT + ", 2",
    "update, " + LOCK_WAIT_TIMEOUT + ", 2",
    "delete, " + LOCK_WAIT_TIMEOUT + ", 2"
  })
  void transaction_that_lost_a_conflict_is_run_again(String change, int error, int times)
      throws SQLException {
    raise(change, error, times);

    Samples.publish(store, Samples.event(webhook.number()));
    List<ClaimedDelivery> claimed =
        store.queue().claim(new ClaimRequest(me, Samples.NOW, 0, 9, 9, 1 << 20, Map.of()));
    assertThat(claimed).hasSize(1);
    Set<UUID> ended = finish(List.of(claimed.get(0).claim()));

    assertThat(ended).hasSize(1);
    assertThat(changesTried()).as("each failure, then one success").isEqualTo(times + 1);
    assertEnded(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {DEADLOCK, LOCK_WAIT_TIMEOUT})
  void transaction_that_always_loses_is_given_up_with_nothing_stored(int error)
      throws SQLException {
    long events = number("select count(*) from webhooks_event");
    raise("insert", error, 1_000_000);

    assertThatThrownBy(() -> Samples.publish(store, Samples.event(webhook.number())))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            away -> assertThat(away.outcomeUnknown()).isFalse());

    assertThat(changesTried()).isBetween(2L, 20L);
    execute("drop trigger raise_it");
    assertThat(store.queue().depth().pending()).isZero();
    assertThat(number("select count(*) from webhooks_event")).isEqualTo(events);
    Samples.publish(store, owned());
    assertThat(finish(claim())).hasSize(1);
  }

  /** The server ends the transaction that has changed less. */
  @Test
  void outcomes_whose_transaction_was_ended_by_a_deadlock_are_written_once() throws SQLException {
    execute("create table ballast (n int primary key) engine = innodb");
    Samples.publish(store, owned(), owned());
    List<ClaimRef> owned = claim();
    long deadlocks = status("Innodb_deadlocks");
    try (Connection connection = pool.getConnection();
        Statement host = connection.createStatement()) {
      connection.setAutoCommit(false);
      host.execute("insert into ballast with recursive up(n) as"
          + " (select 1 union all select n + 1 from up where n < 500) select n from up");
      host.execute(touch(owned.get(1)));
      CompletableFuture<Set<UUID>> finishing = CompletableFuture.supplyAsync(() -> finish(owned));
      while (number(WAITERS) == 0 && !finishing.isDone()) {
        // The server answers alike until it has not been asked for a tenth of a second.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(150));
      }

      host.execute(touch(owned.get(0)));
      connection.commit();

      assertThat(finishing.join()).hasSize(2);
    }
    assertThat(status("Innodb_deadlocks")).isGreaterThan(deadlocks);
    assertEnded(2);
  }

  private NewEvent owned() {
    return Samples.event(webhook.number(), me, null);
  }

  /** In the order in which the engine locks them. */
  private List<ClaimRef> claim() {
    Database database = new Database(
        new DataSourceConnections(pool, Duration.ofSeconds(30)),
        new MariaDbDialect(),
        "webhooks_",
        Duration.ofSeconds(30));
    return database.run(
        Dialect.Purpose.QUEUE,
        sql -> sql.list(
            "select webhook, id, claim from {queue} where owner = ? order by webhook, id",
            JdbcDeliveryQueue::claim,
            me));
  }

  private static String touch(ClaimRef row) {
    return "update webhooks_queue set size = size + 1 where webhook = "
        + row.ref().webhook() + " and id = x'" + row.ref().id().toString().replace("-", "") + "'";
  }

  private Set<UUID> finish(List<ClaimRef> rows) {
    List<AttemptOutcome> outcomes = rows.stream().map(Samples::delivered).toList();
    return store.queue().finish(me, outcomes, Samples.NOW);
  }

  private void assertEnded(long count) {
    assertThat(store.queue().depth().pending()).isZero();
    assertThat(store.log().page(webhook, DeliveryQuery.latest())).hasSize((int) count);
    long number = webhook.number();
    assertThat(store
            .transact(session -> session.statistics(List.of(number)))
            .get(number)
            .succeeded())
        .isEqualTo(count);
  }

  /**
   * Lets the server raise an error for the next changes of the queue; sequences do not roll back.
   */
  private void raise(String change, int error, int times) throws SQLException {
    String state = error == DEADLOCK ? "40001" : "HY000";
    execute("create sequence tried nocache");
    execute("create trigger raise_it before " + change + " on webhooks_queue for each row begin"
        + " if nextval(tried) <= " + times + " then signal sqlstate '" + state
        + "' set mysql_errno = " + error + ", message_text = 'on purpose'; end if; end");
  }

  private long changesTried() throws SQLException {
    return number("select nextval(tried)") - 1;
  }

  private long status(String name) throws SQLException {
    return number("select variable_value from information_schema.global_status"
        + " where variable_name = '" + name + "'");
  }

  private long number(String query) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
