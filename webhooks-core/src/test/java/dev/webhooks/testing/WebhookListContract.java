package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.EventPattern;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookList;
import dev.webhooks.spi.store.WebhookRow;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Lists of webhooks: order, pages, totals and filters. */
public abstract class WebhookListContract extends StoreContract {
  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected WebhookListContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void list_is_newest_first_and_of_one_account() {
    create("a", 1);
    create("b", 2);
    create("c", 3);
    samples().stored(samples().webhook(later(4)).account(GLOBEX).name("other"));

    WebhookList list = list(new WebhookFilter(null, null, null, 0, 10));

    assertThat(names(list)).containsExactly("c", "b", "a");
    assertThat(list.total()).isEqualTo(3);
  }

  @Test
  void rows_are_listed_as_they_are_found() {
    WebhookRow row = create("a", 1);

    assertThat(list(new WebhookFilter(null, null, null, 0, 10)).webhooks())
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(row);
  }

  @Test
  void pages_continue_where_the_last_one_ended() {
    for (int i = 0; i < 5; i++) {
      create("w" + i, i);
    }

    assertThat(names(list(new WebhookFilter(null, null, null, 0, 2)))).containsExactly("w4", "w3");
    assertThat(names(list(new WebhookFilter(null, null, null, 2, 2)))).containsExactly("w2", "w1");
    assertThat(names(list(new WebhookFilter(null, null, null, 4, 2)))).containsExactly("w0");
  }

  @Test
  void page_past_the_end_is_empty_and_still_knows_the_total() {
    create("a", 1);

    WebhookList list = list(new WebhookFilter(null, null, null, 20, 20));

    assertThat(list.webhooks()).isEmpty();
    assertThat(list.total()).isEqualTo(1);
  }

  @Test
  void status_filters_rows_and_total() {
    create("a", 1);
    samples().stored(samples().webhook(later(2)).name("p").status(WebhookStatus.PAUSED));
    samples().stored(samples().webhook(later(3)).name("f").status(WebhookStatus.FAILED));

    WebhookList list = list(new WebhookFilter(WebhookStatus.PAUSED, null, null, 0, 10));

    assertThat(names(list)).containsExactly("p");
    assertThat(list.total()).isEqualTo(1);
  }

  @Test
  void patterns_filter_by_subscription_and_list_each_webhook_once() {
    subscribed("exact", 1, "order.paid");
    subscribed("group", 2, "order.*", "user.created");
    subscribed("all", 3, "*");
    subscribed("both", 4, "order.paid", "order.*", "*");
    subscribed("other", 5, "user.*", "order.shipped");

    WebhookList list =
        list(new WebhookFilter(null, EventPattern.matching("order.paid"), null, 0, 10));

    assertThat(names(list)).containsExactly("both", "all", "group", "exact");
    assertThat(list.total()).isEqualTo(4);
  }

  @Test
  void patterns_status_and_page_work_together() {
    for (int i = 0; i < 4; i++) {
      subscribed("w" + i, i, "order.paid", "*");
    }
    samples().stored(samples().webhook(later(9)).events("*").status(WebhookStatus.FAILED));

    WebhookList list = list(
        new WebhookFilter(WebhookStatus.ACTIVE, EventPattern.matching("order.paid"), null, 1, 2));

    assertThat(names(list)).containsExactly("w2", "w1");
    assertThat(list.total()).isEqualTo(4);
  }

  @Test
  void deleted_webhooks_are_not_listed() {
    WebhookRow deleted = create("deleted", 1);
    create("kept", 2);

    samples().delete(deleted.configuration());

    WebhookList list = list(new WebhookFilter(null, List.of("*"), null, 0, 10));
    assertThat(names(list)).containsExactly("kept");
    assertThat(list.total()).isEqualTo(1);
  }

  @Test
  void list_follows_updates() {
    WebhookRow row = subscribed("old", 1, "order.paid");
    create("newer", 2);

    samples()
        .update(row, samples().webhook().name("new").events("user.*").status(WebhookStatus.PAUSED));

    assertThat(names(list(new WebhookFilter(null, null, null, 0, 10))))
        .as("changing a webhook does not move it")
        .containsExactly("newer", "new");
    assertThat(list(new WebhookFilter(null, List.of("order.paid"), null, 0, 10)).webhooks())
        .isEmpty();
    assertThat(names(list(new WebhookFilter(WebhookStatus.PAUSED, List.of("user.*"), null, 0, 10))))
        .containsExactly("new");
  }

  private WebhookRow create(String name, int second) {
    return samples().stored(samples().webhook(later(second)).name(name));
  }

  private WebhookRow subscribed(String name, int second, String... events) {
    return samples().stored(samples().webhook(later(second)).name(name).events(events));
  }

  private WebhookList list(WebhookFilter filter) {
    return read(session -> session.listWebhooks(ACME, filter));
  }

  private static List<String> names(WebhookList list) {
    return list.webhooks().stream().map(WebhookRow::name).toList();
  }
}
