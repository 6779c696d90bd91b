package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.testing.Closing;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Two instances on one real database: a transaction of the first is open while the second finds the
 * first dead or changes a webhook, and commits afterwards.
 */
class JdbcInterleavingsTest {
  private static final Event PAID = Event.of("order.paid", Map.of("orderId", 17));
  private static final Duration STEP = Duration.ofSeconds(2);
  private static final String PAUSED = "https://paused.example/in";
  private static final String OLD = "https://old.example/in";
  private static final String NEW = "https://new.example/in";
  private static final String ROTATED = "https://rotated.example/in";
  private static final String FIRST = "the first secret of all";
  private static final String SECOND = "the second secret of all";

  private HikariDataSource pool;
  private TestWebhooks kit;
  private TestWebhooks other;
  private AccountWebhooks acme;
  private AccountWebhooks othersAcme;

  /** The action just before the first instance commits the rows that it owns. */
  private Runnable inBetween;

  enum Product {
    POSTGRESQL,
    MARIADB
  }

  private void open(Product product) {
    pool = product == Product.POSTGRESQL
        ? TestPostgres.pool(TestPostgres.schema(), 6)
        : TestMariaDb.pool(TestMariaDb.database(), 6);
    kit = TestWebhooks.on(
        JdbcWebhookStore.on(Wrapped.dataSource(
            pool::getConnection,
            connection -> Wrapped.watched(connection, method -> beforeCallOf(method, connection)))),
        EventCatalog.acceptingAny());
    other = TestWebhooks.on(JdbcWebhookStore.on(pool), EventCatalog.acceptingAny());
    acme = kit.account("acme");
    othersAcme = other.account("acme");
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(kit, other, pool);
  }

  private void beforeCallOf(String method, Connection connection) throws SQLException {
    Runnable action = inBetween;
    if (action != null && method.equals("commit") && takesRows(connection)) {
      inBetween = null;
      action.run();
    }
  }

  private static boolean takesRows(Connection connection) throws SQLException {
    return number(connection, "select count(*) from webhooks_queue where owner > 0") > 0;
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  private String webhook(String url) {
    return acme.create(WebhookDraft.to(url).events("*").secret(FIRST)).webhook().id();
  }

  @ParameterizedTest
  @EnumSource
  void rows_published_after_their_instance_was_declared_dead_are_sent_once(Product product) {
    open(product);
    webhook(OLD);
    inBetween = this::buryFirst;

    acme.publish(PAID);

    assertSentOnce();
  }

  @ParameterizedTest
  @EnumSource
  void rows_claimed_after_their_instance_was_declared_dead_are_sent_once(Product product)
      throws SQLException {
    open(product);
    webhook(OLD);
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      acme.in(JdbcTransaction.on(connection)).publish(PAID);
      connection.commit();
    }
    inBetween = this::buryFirst;

    kit.runUntilIdle();

    assertThat(kit.receiver(OLD).requests()).as("the last beat is too old").isEmpty();
    assertSentOnce();
  }

  /** Runs the second instance for longer than it takes to find the first dead. */
  private void buryFirst() {
    for (int seconds = 0; seconds < 20; seconds += 2) {
      other.advance(STEP);
    }
    kit.clock().advance(Duration.ofSeconds(20));
    assertThat(instances()).as("the first is declared dead").isEqualTo(1);
    assertThat(other.receiver(OLD).requests()).as("nothing is committed yet").isEmpty();
  }

  private long instances() {
    try (Connection connection = pool.getConnection()) {
      return number(connection, "select count(*) from webhooks_instance");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void assertSentOnce() {
    TestReceiver receiver = kit.receiver(OLD);
    TestReceiver othersReceiver = other.receiver(OLD);
    assertThat(inBetween).as("something was committed after its death").isNull();

    for (int i = 0; i < 10; i++) {
      kit.advance(STEP);
      other.advance(STEP);
    }

    assertThat(receiver.requests().size() + othersReceiver.requests().size()).isEqualTo(1);
    assertThat(kit.deliveries("acme")).singleElement().satisfies(delivery -> {
      assertThat(delivery.status()).isEqualTo(DeliveryStatus.SUCCESS);
      assertThat(delivery.attempts()).isEqualTo(1);
    });
    assertThat(kit.webhooks().health().pending()).isZero();
    assertThat(kit.webhooks().health().owned()).isZero();
    assertThat(instances()).as("the first has a new number").isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void changes_during_a_hosts_open_publish_are_kept_to(Product product) throws SQLException {
    open(product);
    ThreeWebhooks three = new ThreeWebhooks();
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      JdbcTransaction transaction = JdbcTransaction.on(connection);
      acme.in(transaction).publish(PAID);
      three.change();
      connection.commit();
      transaction.committed();
    }
    kit.runUntilIdle();

    three.assertChangesAreKeptTo();
  }

  @ParameterizedTest
  @EnumSource
  void changes_during_an_open_publish_of_the_engine_are_kept_to(Product product) {
    open(product);
    ThreeWebhooks three = new ThreeWebhooks();
    inBetween = three::change;

    acme.publish(PAID);
    assertThat(inBetween).as("it was open while they changed").isNull();
    kit.runUntilIdle();

    three.assertChangesAreKeptTo();
  }

  /** Each has received one event, so the first instance knows how they were. */
  private final class ThreeWebhooks {
    private final TestReceiver paused = kit.receiver(PAUSED);
    private final TestReceiver old = kit.receiver(OLD);
    private final TestReceiver fresh = kit.receiver(NEW);
    private final TestReceiver rotated = kit.receiver(ROTATED);
    private final String toPause = webhook(PAUSED);
    private final String toMove = webhook(OLD);
    private final String toRotate = webhook(ROTATED);

    ThreeWebhooks() {
      acme.publish(PAID);
      kit.runUntilIdle();
      assertThat(paused.requests()).hasSize(1);
      assertThat(old.requests()).hasSize(1);
      assertThat(verifies(rotated.onlyRequest(), FIRST)).isTrue();
    }

    /** By the second instance; for as long may the first go by what it has read before. */
    void change() {
      status(WebhookStatus.PAUSED);
      othersAcme.update(toMove, WebhookPatch.empty().url(NEW));
      othersAcme.rotateSecret(toRotate, SecretRotation.to(SECOND).overlapHours(0));
      kit.clock().advance(STEP);
    }

    private void status(WebhookStatus status) {
      othersAcme.update(toPause, WebhookPatch.empty().status(status));
    }

    void assertChangesAreKeptTo() {
      assertThat(old.requests()).as("before the change").hasSize(1);
      assertThat(fresh.requests()).hasSize(1);
      assertThat(rotated.requests()).hasSize(2);
      assertThat(verifies(rotated.lastRequest(), SECOND)).isTrue();
      assertThat(verifies(rotated.lastRequest(), FIRST)).isFalse();
      assertThat(paused.requests()).as("before the change").hasSize(1);
      assertThat(kit.deliveries("acme"))
          .extracting(Delivery::status)
          .filteredOn(status -> status != DeliveryStatus.SUCCESS)
          .containsExactly(DeliveryStatus.PENDING);

      status(WebhookStatus.ACTIVE);
      kit.advance(STEP);

      assertThat(paused.requests()).hasSize(2);
      assertThat(kit.webhooks().health().pending()).isZero();
    }
  }

  private static boolean verifies(ReceivedRequest request, String secret) {
    return WebhookVerifier.builder()
        .secret(secret)
        .clock(request::at)
        .build()
        .verify(request.headers(), request.body())
        .isAccepted();
  }
}
