package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Current transactions whose connection is not what it should be, and savepoints of the host. */
class JdbcCurrentTransactionTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));

  private AmbientTransactions port = () -> null;
  private String url;
  private PlainPool pool;
  private TestWebhooks kit;
  private TestReceiver receiver;

  private void open(String product) {
    url = switch (product) {
      case "h2" -> h2();
      case "mariadb" -> TestMariaDb.url();
      default -> TestPostgres.url(TestPostgres.port(), TestPostgres.schema());
    };
    pool = new PlainPool(url);
    kit = TestWebhooks.on(
        JdbcWebhookStore.on(pool.dataSource()),
        EventCatalog.acceptingAny(),
        builder -> builder.ambientTransactions(() -> port.current()));
    receiver = kit.receiver(URL);
    kit.account("acme").create(WebhookDraft.to(URL).events("*"));
  }

  private static String h2() {
    return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;USER=sa";
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(kit, pool);
  }

  private void publish(String id) {
    kit.account("acme").publish(PAID.withId(id));
  }

  private void assertNothingWasPublished() {
    port = () -> null;
    kit.runUntilIdle();
    assertThat(kit.deliveries("acme")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "mariadb", "postgresql"})
  void a_connection_to_another_database_is_named(String product) throws SQLException {
    open(product);
    try (Connection other = DriverManager.getConnection(h2())) {
      other.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(other);
      port = () -> transaction;

      assertThatThrownBy(() -> publish("e-1"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(
              product.equals("h2")
                  ? "the host's connection finds no tables of webhooks"
                  : "the host's connection leads to H2, but the store's database is ");
    }
    assertNothingWasPublished();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "mariadb", "postgresql"})
  void a_connection_without_a_transaction_is_named(String product) throws SQLException {
    open(product);
    try (Connection idle = DriverManager.getConnection(url)) {
      port = () -> JdbcTransaction.on(idle);

      assertThatThrownBy(() -> publish("e-1"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the host's current transaction cannot be joined")
          .hasMessageContaining("auto-commit");
    }
    assertNothingWasPublished();
  }

  @ParameterizedTest
  @ValueSource(strings = {"h2", "mariadb", "postgresql"})
  void events_published_after_a_savepoint_are_rolled_back_with_it(String product)
      throws SQLException {
    open(product);
    try (Connection host = DriverManager.getConnection(url)) {
      host.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(host);
      port = () -> transaction;

      publish("before");
      Savepoint savepoint = host.setSavepoint();
      publish("undone");
      kit.account("acme").create(WebhookDraft.to(URL + "/2").events("*"));
      host.rollback(savepoint);
      publish("after");
      host.commit();
      transaction.committed();
    }
    port = () -> null;
    kit.runUntilIdle();

    assertThat(receiver.requests())
        .extracting(request -> request.eventId())
        .containsExactlyInAnyOrder("before", "after");
    assertThat(kit.deliveries("acme")).hasSize(2);
  }
}
