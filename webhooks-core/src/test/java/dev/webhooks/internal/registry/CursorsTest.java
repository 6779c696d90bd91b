package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Page;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.TestWebhooks;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A cursor is taken by the list that gave it and by no other. */
class CursorsTest {
  private static final WebhookDraft DRAFT =
      WebhookDraft.to("https://hooks.acme.example/in").events("*");
  private static final Event PAID = Event.of("order.paid", Map.of());
  private static final WebhookQuery WEBHOOKS = WebhookQuery.all().limit(1);
  private static final DeliveryQuery DELIVERIES = DeliveryQuery.latest().limit(1);

  private final TestWebhooks kit = TestWebhooks.inMemory(EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");
  private final AccountWebhooks globex = kit.account("globex");
  private final String old = acme.create(DRAFT).webhook().id();
  private final String webhook = acme.create(DRAFT).webhook().id();

  @AfterEach
  void close() {
    kit.close();
  }

  private String webhooksCursor() {
    return acme.list(WEBHOOKS).next();
  }

  private String deliveriesCursor() {
    acme.publish(Collections.nCopies(3, PAID));
    return acme.deliveries(webhook, DELIVERIES).next();
  }

  @Test
  void the_last_page_has_none() {
    Page<Webhook> last = acme.list(WEBHOOKS.after(webhooksCursor()));

    assertThat(last.data()).extracting(Webhook::id).containsExactly(old);
    assertThat(last.hasMore()).isFalse();
    assertThat(last.next()).isNull();
    assertThat(last.page()).isNull();
    assertThat(last.total()).isEqualTo(2);
    assertThat(globex.list(WEBHOOKS).next()).isNull();
    assertThat(acme.deliveries(webhook, DELIVERIES).next()).isNull();
  }

  @Test
  void a_list_of_exactly_one_page_has_none() {
    assertThat(acme.list(WEBHOOKS.limit(2)).next()).isNull();
    assertThat(acme.list(WEBHOOKS.limit(2)).hasMore()).isFalse();
  }

  @Test
  void the_limit_may_change_from_page_to_page() {
    String cursor = deliveriesCursor();

    Page<Delivery> rest = acme.deliveries(webhook, DELIVERIES.limit(500).after(cursor));

    assertThat(rest.data()).hasSize(2);
    assertThat(acme.deliveries(webhook, DELIVERIES.limit(500)).data().subList(1, 3))
        .isEqualTo(rest.data());
  }

  @Test
  void a_cursor_is_of_one_list_account_and_webhook() {
    String webhooks = webhooksCursor();
    String deliveries = deliveriesCursor();
    globex.create(DRAFT);

    assertRefused(() -> globex.list(WEBHOOKS.after(webhooks)));
    assertRefused(() -> acme.list(WEBHOOKS.after(deliveries)));
    assertRefused(() -> acme.deliveries(webhook, DELIVERIES.after(webhooks)));
    assertRefused(() -> acme.deliveries(old, DELIVERIES.after(deliveries)));
    assertThat(acme.deliveries(webhook, DELIVERIES.after(deliveries)).data()).hasSize(1);
  }

  @Test
  void a_cursor_is_of_its_filters() {
    String webhooks = webhooksCursor();
    String deliveries = deliveriesCursor();

    for (WebhookQuery other :
        List.of(WEBHOOKS.status(WebhookStatus.ACTIVE), WEBHOOKS.event("order.paid"))) {
      assertRefused(() -> acme.list(other.after(webhooks)));
      String own = acme.list(other).next();
      assertThat(acme.list(other.after(own)).data()).hasSize(1);
      assertRefused(() -> acme.list(WEBHOOKS.after(own)));
    }
    for (DeliveryQuery other : List.of(
        DELIVERIES.status(DeliveryStatus.PENDING),
        DELIVERIES.event("order.paid"),
        DELIVERIES.from(Instant.EPOCH),
        DELIVERIES.to(Instant.MAX))) {
      assertRefused(() -> acme.deliveries(webhook, other.after(deliveries)));
      String own = acme.deliveries(webhook, other).next();
      assertThat(acme.deliveries(webhook, other.after(own)).data()).hasSize(1);
      assertRefused(() -> acme.deliveries(webhook, DELIVERIES.after(own)));
    }
  }

  @Test
  void a_garbled_cursor_is_refused_whatever_was_changed() {
    String cursor = deliveriesCursor();

    for (int i = 0; i < cursor.length(); i++) {
      char other = cursor.charAt(i) == 'A' ? 'B' : 'A';
      assertGarbled(cursor.substring(0, i) + other + cursor.substring(i + 1));
      assertGarbled(cursor.substring(0, i));
      assertGarbled(cursor.substring(i + 1));
    }
    for (String text :
        List.of("", " ", "=", cursor + "=", cursor + "A", " " + cursor, "\u00e9", "../..")) {
      assertGarbled(text);
    }
    assertGarbled("A".repeat(100_000));
  }

  private void assertGarbled(String text) {
    assertRefused(() -> acme.deliveries(webhook, DELIVERIES.after(text)));
    assertRefused(() -> acme.list(WEBHOOKS.after(text)));
  }

  @Test
  void page_and_cursor_exclude_each_other() {
    String cursor = webhooksCursor();

    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(() -> acme.list(WEBHOOKS.page(2).after(cursor)))
        .matches(e -> e.code() == ErrorCode.INVALID_REQUEST)
        .withMessage("page and after cannot be given together");
  }

  @Test
  void past_10_000_each_list_says_how_to_go_on() {
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(() -> acme.list(WebhookQuery.all().limit(100).page(101)))
        .withMessageContaining("after")
        .withMessageNotContaining("narrow");
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(() -> acme.deliveries(webhook, DELIVERIES.page(10_001)))
        .withMessageContaining("after")
        .withMessageContaining("narrow the list with to");
  }

  private static void assertRefused(Runnable call) {
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(call::run)
        .matches(e -> e.code() == ErrorCode.INVALID_REQUEST)
        .withMessageContaining("after");
  }
}
