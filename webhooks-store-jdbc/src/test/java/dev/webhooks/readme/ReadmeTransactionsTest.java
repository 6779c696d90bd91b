package dev.webhooks.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.arjuna.ats.arjuna.common.CoreEnvironmentBean;
import com.arjuna.ats.arjuna.common.ObjectStoreEnvironmentBean;
import com.arjuna.ats.internal.arjuna.objectstore.VolatileStore;
import com.arjuna.ats.internal.jta.transaction.arjunacore.TransactionSynchronizationRegistryImple;
import com.arjuna.ats.jta.TransactionManager;
import com.arjuna.ats.jta.UserTransaction;
import com.arjuna.common.internal.util.propertyservice.BeanPopulator;
import dev.webhooks.host.Surroundings;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.narayana.NarayanaTransactionIntegration;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/**
 * Runs what the README shows of transactions: what is committed is sent, and what fails after it
 * has published is never sent.
 */
class ReadmeTransactionsTest {
  private static final String URL = "https://hooks.acme.example/in";

  private interface Action {
    void run() throws Exception;
  }

  @Test
  void plain_jdbc() throws Exception {
    DataSource h2 = database();
    try (TestWebhooks kit = kit(h2)) {
      Surroundings snippet = snippet("Plain JDBC", kit, h2);

      isSentOnceAndNeverIfItFails(kit, snippet::run);
    }
  }

  @Test
  void jooq() throws Exception {
    DataSource h2 = database();
    try (TestWebhooks kit = kit(h2)) {
      Surroundings snippet = snippet("jOOQ", kit, h2);
      snippet.query(DSL.using(h2, SQLDialect.H2));

      isSentOnceAndNeverIfItFails(kit, snippet::run);
    }
  }

  /** With the transactions of WildFly and Quarkus, and the pool of Quarkus. */
  @Test
  void jakarta() throws Exception {
    BeanPopulator.getDefaultInstance(CoreEnvironmentBean.class).setNodeIdentifier("test");
    BeanPopulator.getDefaultInstance(ObjectStoreEnvironmentBean.class)
        .setObjectStoreType(VolatileStore.class.getName());
    TransactionSynchronizationRegistry registry = new TransactionSynchronizationRegistryImple();
    try (AgroalDataSource enlisted = enlisted(registry);
        TestWebhooks kit = kit(enlisted)) {
      Surroundings snippet = snippet("Jakarta, JTA and Quarkus", kit, enlisted);
      snippet.synchronizeWith(registry);

      Method pay = pay(snippet);
      isSentOnceAndNeverIfItFails(kit, () -> inTransaction(pay, snippet));
      assertThatThrownBy(() -> call(pay, snippet))
          .as("without a transaction")
          .hasMessageContaining("auto-commit");
    }
  }

  /** Pays an order, and again, which fails. */
  private static void isSentOnceAndNeverIfItFails(TestWebhooks kit, Action pay) throws Exception {
    TestReceiver endpoint = kit.receiver(URL);
    kit.account("acme").create(WebhookDraft.to(URL).events("order.*"));

    pay.run();
    kit.runUntilIdle();
    assertThat(endpoint.requests()).hasSize(1).allMatch(ReceivedRequest::signatureIsValid);

    assertThatThrownBy(pay::run).as("an order is paid once").isInstanceOf(Exception.class);
    kit.advance(Duration.ofDays(1));
    assertThat(endpoint.requests()).hasSize(1);
    assertThat(kit.deliveries("acme")).hasSize(1);
  }

  private static Surroundings snippet(String heading, TestWebhooks kit, DataSource source)
      throws Exception {
    CodeBlock block = Readmes.block("java", heading);
    Constructor<?> constructor =
        Snippets.compile(List.of(block)).load(block).getDeclaredConstructor();
    constructor.setAccessible(true);
    Surroundings snippet = (Surroundings) constructor.newInstance();
    snippet.publishWith(kit, source);
    return snippet;
  }

  private static Method pay(Surroundings snippet) throws NoSuchMethodException {
    Method pay = snippet.getClass().getDeclaredMethod("pay", int.class);
    pay.setAccessible(true);
    return pay;
  }

  private static void call(Method pay, Surroundings snippet) throws Exception {
    try {
      pay.invoke(snippet, 17);
    } catch (InvocationTargetException e) {
      throw (Exception) e.getCause();
    }
  }

  /** Runs work as an interceptor does for a {@code @Transactional} method. */
  private static void inTransaction(Method pay, Surroundings snippet) throws Exception {
    List<Class<?>> rollbackOn = List.of(pay.getAnnotation(Transactional.class).rollbackOn());
    jakarta.transaction.UserTransaction transaction = UserTransaction.userTransaction();
    transaction.begin();
    try {
      call(pay, snippet);
      transaction.commit();
    } catch (Exception e) {
      if (e instanceof RuntimeException
          || rollbackOn.stream().anyMatch(type -> type.isInstance(e))) {
        transaction.rollback();
      } else {
        transaction.commit();
      }
      throw e;
    }
  }

  private static TestWebhooks kit(DataSource source) {
    return TestWebhooks.on(JdbcWebhookStore.on(source), EventCatalog.acceptingAny());
  }

  private static String url() {
    return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1"
        + ";INIT=create table if not exists paid_order (id int primary key)";
  }

  private static DataSource database() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL(url());
    return h2;
  }

  private static AgroalDataSource enlisted(TransactionSynchronizationRegistry registry)
      throws Exception {
    NarayanaTransactionIntegration narayana =
        new NarayanaTransactionIntegration(TransactionManager.transactionManager(), registry);
    return AgroalDataSource.from(new AgroalDataSourceConfigurationSupplier()
        .connectionPoolConfiguration(pool -> pool.maxSize(4)
            .transactionIntegration(narayana)
            .connectionFactoryConfiguration(connection -> connection.jdbcUrl(url()))));
  }
}
