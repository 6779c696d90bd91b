package dev.webhooks.examples.springboot.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.Webhooks;
import dev.webhooks.examples.springboot.ShopTest;
import dev.webhooks.model.Event;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

@ShopTest
class OrderServiceTest {
  private static final String URL = "https://hooks.initech.example/in";

  @Autowired
  private OrderService service;

  @Autowired
  private Webhooks webhooks;

  @Autowired
  private PlatformTransactionManager transactions;

  @Autowired
  private TestWebhooks kit;

  private TestReceiver endpoint;

  @BeforeEach
  void subscribe() {
    endpoint = kit.receiver(URL);
    endpoint.forget();
    kit.account("initech").create(WebhookDraft.to(URL).events("order.*"));
  }

  /** Without a context there is no kit, and the context says why. */
  @AfterEach
  void unsubscribe() {
    if (kit != null) {
      kit.account("initech").erase();
    }
  }

  @Test
  void a_placed_order_is_delivered_and_signed() {
    Order order = service.place("initech", new NewOrder("mug", 2));
    kit.runUntilIdle();

    ReceivedRequest request = endpoint.onlyRequest();
    assertThat(request.signatureIsValid()).isTrue();
    assertThat(request.event()).isEqualTo("order.placed");
    assertThat(request.data())
        .containsEntry("item", "mug")
        .containsEntry("quantity", 2)
        .hasEntrySatisfying(
            "orderId", id -> assertThat(((Number) id).longValue()).isEqualTo(order.id()));
    assertThat(service.after("initech", order.id() - 1)).containsExactly(order);
  }

  @Test
  void an_order_that_fails_after_it_has_published_sends_nothing() {
    long before = service.count("initech");

    assertThatThrownBy(() -> service.place("initech", new NewOrder("stool", 99)))
        .isInstanceOf(OutOfStockException.class);
    kit.advance(Duration.ofDays(1));

    assertThat(endpoint.requests()).isEmpty();
    assertThat(kit.deliveries("initech")).isEmpty();
    assertThat(service.count("initech")).isEqualTo(before);
  }

  @Test
  void an_endpoint_that_fails_is_tried_again() {
    endpoint.answers(500, 200);

    service.place("initech", new NewOrder("mug", 1));
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));

    assertThat(endpoint.requests()).hasSize(2).allMatch(ReceivedRequest::signatureIsValid);
  }

  /** The parts of production: this class, the manager and the port of the running application. */
  @Test
  void the_injected_bean_publishes_nothing_in_a_transaction_that_rolls_back() {
    new TransactionTemplate(transactions).executeWithoutResult(status -> {
      publish(1);
      status.setRollbackOnly();
    });
    kit.advance(Duration.ofDays(1));

    assertThat(endpoint.requests()).isEmpty();
    assertThat(kit.deliveries("initech")).isEmpty();
  }

  @Test
  void the_injected_bean_publishes_by_itself_without_a_transaction() {
    publish(1);
    kit.runUntilIdle();

    assertThat(endpoint.onlyRequest().data()).containsEntry("orderId", 1);
  }

  @Test
  void an_inner_transaction_commits_though_the_outer_one_rolls_back() {
    TransactionTemplate outer = new TransactionTemplate(transactions);
    TransactionTemplate inner = new TransactionTemplate(transactions);
    inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

    outer.executeWithoutResult(status -> {
      publish(1);
      inner.executeWithoutResult(ignored -> publish(2));
      publish(3);
      status.setRollbackOnly();
    });
    kit.runUntilIdle();

    assertThat(endpoint.onlyRequest().data()).containsEntry("orderId", 2);
  }

  @Test
  void all_that_one_transaction_publishes_is_delivered() {
    new TransactionTemplate(transactions).executeWithoutResult(status -> {
      publish(1);
      publish(2);
    });
    kit.runUntilIdle();

    assertThat(endpoint.requests())
        .extracting(request -> request.data().get("orderId"))
        .containsExactlyInAnyOrder(1, 2);
  }

  private void publish(int order) {
    webhooks
        .account("initech")
        .publish(Event.of("order.placed", Map.of("orderId", order, "item", "mug", "quantity", 1)));
  }
}
