package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.Patience;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Sessions that a real server ends by itself or that somebody kills, idle in the pool or in the
 * middle of a transaction. A transaction of the library's own goes on with another connection.
 */
@Timeout(Patience.OF_A_TEST)
class JdbcEndedSessionTest {
  /** A way to make a server end the session, and to see that it has. */
  private static final Map<String, String> NUMBER =
      Map.of("postgresql", "select pg_backend_pid()", "mariadb", "select connection_id()");

  private static final Map<String, String> ALIVE = Map.of(
      "postgresql", "select count(*) from pg_stat_activity where pid = ",
      "mariadb", "select count(*) from information_schema.processlist where id = ");

  private PlainPool pool;
  private Connection admin;
  private JdbcWebhookStore store;
  private long webhook;

  private void open(String product) throws SQLException {
    String url = product.equals("mariadb")
        ? TestMariaDb.url()
        : TestPostgres.url(TestPostgres.port(), TestPostgres.schema());
    pool = new PlainPool(url);
    admin = DriverManager.getConnection(url);
    store = JdbcWebhookStore.on(pool.dataSource());
    store.open();
    webhook = Samples.insertWebhook(store);
  }

  @AfterEach
  void closePool() throws Exception {
    Closing.all(pool, admin);
  }

  /** As many as a pool often has, all ended while nobody published. */
  @ParameterizedTest
  @CsvSource({
    "postgresql, set idle_session_timeout = 1, 1",
    "postgresql, set idle_session_timeout = 1, 10",
    "postgresql, select pg_terminate_backend(%d), 10",
    "mariadb, set wait_timeout = 1, 10",
    "mariadb, kill %d, 10"
  })
  void pool_of_sessions_that_ended_while_idle(String product, String end, int sessions)
      throws SQLException {
    open(product);
    for (Connection idle : pool.idle(sessions)) {
      end(product, idle, end);
    }

    Samples.publish(store, Samples.event(webhook));

    assertThat(store.queue().depth().pending()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "postgresql, set idle_in_transaction_session_timeout = 1",
    "postgresql, select pg_terminate_backend(%d)",
    "mariadb, set idle_transaction_timeout = 1",
    "mariadb, kill %d"
  })
  void session_that_ends_in_the_middle_of_a_transaction(String product, String end)
      throws SQLException {
    open(product);
    Connection lent = pool.idle(1).get(0);
    int[] runs = new int[1];

    Samples.write(store, session -> {
      session.countWebhooks(Samples.ACME);
      if (runs[0]++ == 0) {
        UncheckedSqlException.wrapping(() -> end(product, lent, end));
      }
      session.insertEvents(List.of(Samples.event(webhook)));
    });

    assertThat(runs).containsExactly(2);
    assertThat(store.queue().depth().pending()).isEqualTo(1);
  }

  /** The host's transaction is lost as a whole, and the host can run it again. */
  @ParameterizedTest
  @CsvSource({
    "postgresql, set transaction_timeout = 1",
    "postgresql, set idle_in_transaction_session_timeout = 1",
    "mariadb, set idle_transaction_timeout = 1",
    "mariadb, kill %d"
  })
  void session_of_a_host_that_ends_in_its_transaction(String product, String end)
      throws SQLException {
    TestPostgres.assumeKnows(end);
    open(product);
    Connection host = pool.idle(1).get(0);
    host.setAutoCommit(false);
    number(host, "select count(*) from webhooks_event");
    end(product, host, end);
    JdbcTransaction transaction = JdbcTransaction.on(host);

    assertThatThrownBy(() -> store.join(
            transaction, session -> session.insertEvents(List.of(Samples.event(webhook)))))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class,
            away -> assertThat(away.outcomeUnknown()).isFalse())
        .hasMessageContaining("the connection to the database was lost");
  }

  /** Lets the server end a session, either by a setting of its own or from outside. */
  private boolean end(String product, Connection session, String end) throws SQLException {
    long number = number(session, NUMBER.get(product));
    boolean fromOutside = end.contains("%d");
    try (Statement statement = (fromOutside ? admin : session).createStatement()) {
      statement.execute(end.replace("%d", Long.toString(number)));
    }
    while (number(admin, ALIVE.get(product) + number) > 0) {
      LockSupport.parkNanos(1_000_000);
    }
    return true;
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }
}
