package dev.webhooks.examples.springboot.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.WebhooksBuilder;
import dev.webhooks.examples.springboot.webhooks.WebhooksConfiguration.SpringTransactions;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.UnexpectedRollbackException;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's transactions in all their forms, on H2 and a pool. */
class SpringTransactionsTest {
  private static final String URL = "https://hooks.acme.example/in";

  private HikariDataSource source;
  private JdbcTransactionManager manager;
  private TransactionTemplate transaction;
  private TestWebhooks kit;
  private AccountWebhooks acme;
  private TestReceiver receiver;

  private static HikariDataSource pool(boolean autoCommit) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    pool.setAutoCommit(autoCommit);
    pool.setMaximumPoolSize(4);
    return pool;
  }

  private TransactionTemplate template(int propagation) {
    TransactionTemplate template = new TransactionTemplate(manager);
    template.setPropagationBehavior(propagation);
    return template;
  }

  @BeforeEach
  void openJoining() {
    openJoining(true);
  }

  private void openJoining(boolean autoCommit) {
    close();
    source = pool(autoCommit);
    SpringTransactions port = new SpringTransactions(source);
    manager = new JdbcTransactionManager(source);
    manager.addListener(port);
    transaction = template(TransactionDefinition.PROPAGATION_REQUIRED);
    open(builder -> builder.ambientTransactions(port));
  }

  private void open(UnaryOperator<WebhooksBuilder> port) {
    kit = TestWebhooks.on(JdbcWebhookStore.on(source), EventCatalog.acceptingAny(), port);
    acme = kit.account("acme");
    receiver = kit.receiver(URL);
    acme.create(WebhookDraft.to(URL).events("*"));
  }

  @AfterEach
  void close() {
    if (kit != null) {
      kit.close();
    }
    if (source != null) {
      source.close();
    }
  }

  private void publish(String id) {
    acme.publish(Event.of("order.paid", Map.of("orderId", 17)).withId(id));
  }

  /** Returns the ids of the events that are sent by now. */
  private List<String> sent() {
    kit.runUntilIdle();
    return receiver.requests().stream().map(ReceivedRequest::eventId).toList();
  }

  private List<String> sentWithinADay() {
    kit.advance(Duration.ofDays(1));
    return sent();
  }

  @Test
  void a_commit_is_sent_at_once_and_a_rollback_never() {
    transaction.executeWithoutResult(status -> {
      publish("committed");
      assertThat(sent()).isEmpty();
    });
    assertThat(sent()).containsExactly("committed");

    transaction.executeWithoutResult(status -> {
      publish("rolled-back");
      status.setRollbackOnly();
    });
    assertThat(sentWithinADay()).containsExactly("committed");
  }

  /** README says so: this is why the port is set. */
  @Test
  void without_the_port_an_event_has_a_transaction_of_its_own_and_is_sent() {
    acme.erase();
    kit.close();
    open(builder -> builder);

    transaction.executeWithoutResult(status -> {
      publish("rolled-back");
      status.setRollbackOnly();
    });

    assertThat(sent()).containsExactly("rolled-back");
  }

  @Test
  void an_exception_rolls_back_what_was_published() {
    assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
          publish("failed");
          throw new IllegalArgumentException("on purpose");
        }))
        .hasMessage("on purpose");

    assertThat(sentWithinADay()).isEmpty();
  }

  @Test
  void an_inner_transaction_with_its_own_commit_is_told_apart() {
    transaction.executeWithoutResult(status -> {
      publish("outer-before");
      template(TransactionDefinition.PROPAGATION_REQUIRES_NEW)
          .executeWithoutResult(inner -> publish("inner"));
      assertThat(sent()).containsExactly("inner");
      publish("outer-after");
      status.setRollbackOnly();
    });

    assertThat(sentWithinADay()).containsExactly("inner");
  }

  @Test
  void an_inner_transaction_that_rolls_back_leaves_the_outer_one_alone() {
    transaction.executeWithoutResult(status -> {
      publish("outer");
      template(TransactionDefinition.PROPAGATION_REQUIRES_NEW).executeWithoutResult(inner -> {
        publish("inner");
        inner.setRollbackOnly();
      });
    });

    assertThat(sentWithinADay()).containsExactly("outer");
  }

  @Test
  void outside_of_the_transaction_it_has_one_of_its_own() {
    transaction.executeWithoutResult(status -> {
      publish("outer");
      template(TransactionDefinition.PROPAGATION_NOT_SUPPORTED)
          .executeWithoutResult(none -> publish("outside"));
      status.setRollbackOnly();
    });
    template(TransactionDefinition.PROPAGATION_SUPPORTS)
        .executeWithoutResult(none -> publish("supports"));

    assertThat(sentWithinADay()).containsExactly("outside", "supports");
  }

  /** Spring makes it a savepoint of the same transaction. */
  @Test
  void a_nested_transaction_that_rolls_back_takes_its_events_along() {
    transaction.executeWithoutResult(status -> {
      publish("before");
      template(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(nested -> {
        publish("nested");
        nested.setRollbackOnly();
      });
      publish("after");
    });

    assertThat(sentWithinADay()).containsExactlyInAnyOrder("before", "after");
  }

  @Test
  void what_is_published_in_a_transaction_marked_for_rollback_is_not_sent() {
    assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
          transaction.executeWithoutResult(participant -> participant.setRollbackOnly());
          publish("doomed");
        }))
        .isInstanceOf(UnexpectedRollbackException.class);

    assertThat(sentWithinADay()).isEmpty();
  }

  /** H2 takes writes in it, as it takes the host's own; the others refuse them by name. */
  @Test
  void a_read_only_transaction_is_joined_like_any_other() {
    TransactionTemplate readOnly = template(TransactionDefinition.PROPAGATION_REQUIRED);
    readOnly.setReadOnly(true);

    readOnly.executeWithoutResult(status -> {
      publish("read-only");
      status.setRollbackOnly();
    });

    assertThat(sentWithinADay()).isEmpty();
  }

  @Test
  void a_webhook_created_in_the_transaction_is_seen_in_it_and_gone_with_it() {
    transaction.executeWithoutResult(status -> {
      String created =
          acme.create(WebhookDraft.to(URL + "/2").events("*")).webhook().id();
      assertThat(acme.get(created).webhook().id()).isEqualTo(created);
      status.setRollbackOnly();
    });

    assertThat(acme.list(WebhookQuery.all()).data()).hasSize(1);
  }

  /**
   * Spring shows a transaction to its listeners when it has committed already. What is stored in it
   * then may be lost, above all with connections that are never in auto-commit mode.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void what_is_published_after_the_commit_has_a_transaction_of_its_own(boolean autoCommit) {
    openJoining(autoCommit);
    for (boolean joined : new boolean[] {true, false}) {
      transaction.executeWithoutResult(status -> {
        if (joined) {
          publish("before-true");
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            publish("commit-" + joined);
            assertThat(sent()).contains("commit-" + joined);
          }

          @Override
          public void afterCompletion(int status) {
            publish("completion-" + joined);
          }
        });
      });
    }

    assertThat(sent())
        .containsExactlyInAnyOrder(
            "before-true", "commit-true", "completion-true", "commit-false", "completion-false");
  }

  @Test
  void what_is_published_after_a_rollback_has_a_transaction_of_its_own() {
    transaction.executeWithoutResult(status -> {
      publish("rolled-back");
      TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
        @Override
        public void afterCompletion(int status) {
          publish("told-of-it");
        }
      });
      status.setRollbackOnly();
    });

    assertThat(sentWithinADay()).containsExactly("told-of-it");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_transaction_of_another_data_source_is_refused(boolean autoCommit) {
    openJoining(autoCommit);
    try (HikariDataSource other = pool(autoCommit)) {
      JdbcTransactionManager others = new JdbcTransactionManager(other);

      assertThatThrownBy(() ->
              new TransactionTemplate(others).executeWithoutResult(status -> publish("elsewhere")))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the host's current transaction cannot be joined")
          .hasMessageContaining("none of the webhooks' data source");
    }
    assertThat(sentWithinADay()).isEmpty();
  }

  @Test
  void transactions_leave_no_connection_behind() {
    int before = source.getHikariPoolMXBean().getActiveConnections();
    for (int i = 0; i < 2 * source.getMaximumPoolSize(); i++) {
      String id = "e-" + i;
      transaction.executeWithoutResult(status -> publish(id));
    }

    assertThat(source.getHikariPoolMXBean().getActiveConnections()).isEqualTo(before);
  }
}
