package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests what PostgreSQL reports when it is full, read-only, failing over or at odds with others,
 * raised by the server itself, and what the store makes of it.
 */
class JdbcPostgresFaultsTest {
  private final String schema = TestPostgres.schema();
  private final HikariDataSource pool = TestPostgres.pool(schema, 4);
  private JdbcWebhookStore store;
  private long webhook;

  @BeforeEach
  void openStore() {
    store = JdbcWebhookStore.on(pool);
    store.open();
    webhook = Samples.insertWebhook(store);
  }

  @AfterEach
  void closePool() {
    pool.close();
  }

  @ParameterizedTest
  @CsvSource({
    "53100, the disk is full",
    "53200, out of memory",
    "53300, too many connections",
    "57P03, starting up",
    "58030, an error of the disk",
    "25006, in fail-over a standby takes no writes"
  })
  void database_that_cannot_work_now_is_away_and_stores_nothing(String state, String meaning)
      throws SQLException {
    raise(state, 1_000_000);

    assertThatThrownBy(() -> Samples.publish(store, Samples.event(webhook)))
        .as(meaning)
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            away -> assertThat(away.outcomeUnknown()).isFalse());

    calm();
    assertThat(store.queue().depth().pending()).isZero();
    Samples.publish(store, Samples.event(webhook));
    assertThat(store.queue().depth().pending()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void transaction_that_lost_a_conflict_is_run_again(String state) throws SQLException {
    raise(state, 3);

    Samples.publish(store, Samples.event(webhook));

    assertThat(raised()).isEqualTo(3);
    assertThat(store.queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void transaction_that_always_loses_is_given_up_with_nothing_stored() throws SQLException {
    raise("40001", 1_000_000);

    assertThatThrownBy(() -> Samples.publish(store, Samples.event(webhook)))
        .isInstanceOf(StoreUnavailableException.class);

    assertThat(raised()).isBetween(2L, 20L);
    calm();
    assertThat(store.queue().depth().pending()).isZero();
  }

  @Test
  void read_only_session_is_away() {
    JdbcWebhookStore readOnly =
        JdbcWebhookStore.on(session("set default_transaction_read_only = on"));
    readOnly.open();

    assertThatThrownBy(() -> Samples.publish(readOnly, Samples.event(webhook)))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(readOnly.queue().depth().pending()).as("reading goes on").isZero();
  }

  @Test
  void connections_that_the_server_has_ended_are_replaced() throws SQLException {
    long ended = 0;
    try (Connection one = pool.getConnection();
        Connection two = pool.getConnection();
        Connection killer = pool.getConnection()) {
      ended += terminate(killer, pid(one)) + terminate(killer, pid(two));
    }

    Samples.publish(store, Samples.event(webhook));

    assertThat(ended).isEqualTo(2);
    assertThat(store.queue().depth().pending()).isEqualTo(1);
  }

  private static long pid(Connection connection) throws SQLException {
    return number(connection, "select pg_backend_pid()");
  }

  private static long terminate(Connection killer, long pid) throws SQLException {
    return number(killer, "select pg_terminate_backend(" + pid + ", 30000)::int");
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /** By its end it would have answered; the usual timeout is longer than that. */
  @Test
  void slow_database_is_given_up_within_the_time_of_a_statement() throws SQLException {
    JdbcWebhookStore impatient =
        JdbcWebhookStore.builder(pool).statementTimeout(Duration.ofSeconds(2)).build();
    impatient.open();
    execute("create function dawdle() returns trigger language plpgsql as"
        + " $$ begin perform pg_sleep(8); return new; end $$");
    execute("create trigger dawdle before insert on webhooks_queue"
        + " for each row execute function dawdle()");

    assertThatThrownBy(() -> Samples.publish(impatient, Samples.event(webhook)))
        .isInstanceOf(StoreUnavailableException.class);

    execute("drop trigger dawdle on webhooks_queue");
    assertThat(store.queue().depth().pending()).isZero();
  }

  /**
   * Lets the server raise an error for the next inserts into the queue; sequences do not roll back.
   */
  private void raise(String state, int times) throws SQLException {
    execute("create sequence raised minvalue 0 start 0");
    execute("select nextval('raised')");
    execute("create function raise_it() returns trigger language plpgsql as $$ begin"
        + " if nextval('raised') <= " + times + " then"
        + " raise exception 'on purpose' using errcode = '" + state + "'; end if;"
        + " return new; end $$");
    execute("create trigger raise_it before insert on webhooks_queue"
        + " for each row execute function raise_it()");
  }

  private void calm() throws SQLException {
    execute("drop trigger raise_it on webhooks_queue");
  }

  /** Returns how often the error was raised. */
  private long raised() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      long asked = number(connection, "select last_value from raised");
      return store.queue().depth().pending() > 0 ? asked - 1 : asked;
    }
  }

  private DataSource session(String setting) {
    return Wrapped.dataSource(pool::getConnection, connection -> {
      try (Statement statement = connection.createStatement()) {
        statement.execute(setting);
      }
      return connection;
    });
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
