package dev.webhooks.host;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.management.Authenticator;
import dev.webhooks.management.ManagementApi;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.SampleRequest;
import dev.webhooks.testing.TestWebhooks;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.lang.invoke.MethodHandles;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jooq.DSLContext;

/**
 * The context that the Java of the READMEs takes for granted: it is compiled as a part of a class
 * that extends this one. What is not set is only compiled against.
 */
public abstract class Surroundings {
  protected static final String URL = "https://hooks.acme.example/in";
  protected static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

  protected final Orders orders = new Orders();
  protected DataSource dataSource = database();
  protected DataSource h2 = dataSource;
  protected JdbcWebhookStore store;
  protected EventCatalog catalog = OrderEvents.CATALOG;
  protected TestWebhooks kit;
  protected Webhooks webhooks;
  protected AccountWebhooks acme;
  protected DSLContext jooq;
  protected TransactionSynchronizationRegistry transactions;

  private ReceivedRequest arrived;

  protected String requestId;
  protected SecretPage page;
  protected Sessions sessions;
  protected Authenticator authenticator;
  protected ManagementApi api;
  protected String method;
  protected String path;
  protected String query;
  protected Map<String, List<String>> headers;
  protected byte[] body;
  protected byte[] key;
  protected HttpRequest request;
  protected OrderEndpoint endpoint = new OrderEndpoint(SECRET);

  /** Lets what is compiled elsewhere into this package be loaded beside it. */
  public static MethodHandles.Lookup lookup() {
    return MethodHandles.lookup();
  }

  /** Runs statements; a class of members has none. */
  public void run() throws Exception {}

  /** Sets what publishes in transactions of the data source. */
  public final void publishWith(TestWebhooks kit, DataSource dataSource) {
    this.kit = kit;
    this.dataSource = dataSource;
    webhooks = kit.webhooks();
    acme = kit.account("acme");
  }

  /** Keeps a request for {@link #arrived()}. */
  protected final void arrived(ReceivedRequest request) {
    arrived = request;
  }

  /** Returns the request that was received last. */
  public final ReceivedRequest arrived() {
    return arrived;
  }

  /** Sets what jOOQ is used with. */
  public final void query(DSLContext jooq) {
    this.jooq = jooq;
  }

  /** Sets what tells of the ends of JTA transactions. */
  public final void synchronizeWith(TransactionSynchronizationRegistry transactions) {
    this.transactions = transactions;
  }

  protected static SampleRequest sample() {
    return SampleRequest.of(Event.of("order.paid", Map.of("orderId", 17)), SECRET);
  }

  /** Returns an empty database with the host's own table. */
  protected static DataSource database() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"
        + ";INIT=create table if not exists paid_order (id int primary key)");
    return h2;
  }

  /** The host's own table, in which each order can be paid once. */
  protected static final class Orders {
    void markPaid(Connection connection, int order) throws SQLException {
      try (PreparedStatement insert =
          connection.prepareStatement("insert into paid_order values (?)")) {
        insert.setInt(1, order);
        insert.executeUpdate();
      }
    }
  }

  /** Shows a customer its new secret. */
  protected interface SecretPage {
    void showOnce(String secret);
  }

  /** The host's own log-in. */
  protected interface Sessions {
    Optional<String> accountOf(String token);
  }

  /** A request as web frameworks have it. */
  protected interface HttpRequest {
    String getHeader(String name);
  }
}
