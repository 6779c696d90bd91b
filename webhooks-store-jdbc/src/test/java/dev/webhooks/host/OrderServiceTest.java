package dev.webhooks.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.WebhookDraft;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host's own unit test: its transaction on H2, its service unchanged, and five minutes that take
 * no time.
 */
class OrderServiceTest {
  private final JdbcDataSource h2 = new JdbcDataSource();

  @BeforeEach
  void database() {
    h2.setURL("jdbc:h2:mem:orders" + System.identityHashCode(this) + ";DB_CLOSE_DELAY=-1");
  }

  @Test
  void a_paid_order_is_retried_after_five_minutes() {
    TestWebhooks kit = TestWebhooks.on(JdbcWebhookStore.on(h2));
    kit.receiver("https://hooks.acme.example/in").answers(500, 500, 200);
    kit.account("acme").create(WebhookDraft.to("https://hooks.acme.example/in").events("order.*"));
    new OrderService(h2, kit.webhooks()).pay(17);
    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));
    kit.advance(Duration.ofMinutes(5));
    assertThat(kit.receiver("https://hooks.acme.example/in").requests())
        .hasSize(3)
        .allMatch(ReceivedRequest::signatureIsValid);
  }
}
