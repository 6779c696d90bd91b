package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Which webhooks receive an event. */
public abstract class SubscriptionContract extends StoreContract {
  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected SubscriptionContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void name_group_and_everything_match() {
    long exact = subscribed("order.item.paid");
    long near = subscribed("order.item.*");
    long far = subscribed("order.*");
    long all = subscribed("*");
    subscribed("order.item");
    subscribed("order.item.paid.late");
    subscribed("orde.*");
    subscribed("user.*");

    assertThat(subscribers("order.item.paid")).containsExactly(exact, near, far, all);
  }

  @Test
  void group_does_not_match_its_own_prefix() {
    subscribed("order.*");

    assertThat(subscribers("order")).isEmpty();
  }

  @Test
  void webhook_that_matches_twice_is_there_once() {
    long hook = subscribed("*", "order.*", "order.paid");

    assertThat(subscribers("order.paid")).containsExactly(hook);
  }

  @Test
  void each_type_has_an_entry() {
    long orders = subscribed("order.*");
    long paid = subscribed("order.paid", "user.created");

    Map<String, List<WebhookConfiguration>> found = read(session -> session.subscribers(
        ACME, Set.of("order.paid", "order.shipped", "user.created", "nothing")));

    assertThat(found).containsOnlyKeys("order.paid", "order.shipped", "user.created", "nothing");
    assertThat(numbers(found.get("order.paid"))).containsExactly(orders, paid);
    assertThat(numbers(found.get("order.shipped"))).containsExactly(orders);
    assertThat(numbers(found.get("user.created"))).containsExactly(paid);
    assertThat(found.get("nothing")).isEmpty();
  }

  @Test
  void each_account_has_its_own_subscribers() {
    long acmes = subscribed("order.*");
    long globexs = samples()
        .stored(samples().webhook().account(GLOBEX).events("order.paid"))
        .number();

    Map<String, Map<String, List<WebhookConfiguration>>> found =
        read(session -> session.subscribers(Map.of(
            ACME,
            Set.of("order.paid"),
            GLOBEX,
            Set.of("order.paid", "order.shipped"),
            "nobody",
            Set.of("order.paid"))));

    assertThat(found).containsOnlyKeys(ACME, GLOBEX, "nobody");
    assertThat(numbers(found.get(ACME).get("order.paid"))).containsExactly(acmes);
    assertThat(found.get(ACME)).doesNotContainKey("order.shipped");
    assertThat(numbers(found.get(GLOBEX).get("order.paid"))).containsExactly(globexs);
    assertThat(found.get(GLOBEX).get("order.shipped")).isEmpty();
    assertThat(found.get("nobody").get("order.paid")).isEmpty();
  }

  @Test
  void webhooks_of_every_status_receive_and_deleted_ones_do_not() {
    WebhookConfiguration active = samples().active();
    WebhookConfiguration paused = samples().withStatus(WebhookStatus.PAUSED);
    WebhookConfiguration failed = samples().withStatus(WebhookStatus.FAILED);
    WebhookConfiguration deleted = samples().active();
    samples().delete(deleted);

    assertThat(subscribers("order.paid"))
        .containsExactly(active.number(), paused.number(), failed.number());
  }

  @Test
  void other_accounts_do_not_receive() {
    samples().stored(samples().webhook().account(GLOBEX));
    samples().stored(samples().webhook().account("ACME"));

    assertThat(subscribers("order.paid")).isEmpty();
  }

  @Test
  void subscribers_come_with_their_configuration() {
    WebhookRow row =
        samples().stored(samples().webhook().oldSecret(new byte[] {0, -1}, StoreSamples.later(60)));

    assertThat(read(session -> session.subscribers(ACME, Set.of("order.paid"))).get("order.paid"))
        .singleElement()
        .usingRecursiveComparison()
        .isEqualTo(row.configuration());
  }

  @Test
  void subscribers_follow_updates() {
    WebhookRow row = samples().stored(samples().webhook().events("order.*", "user.created"));

    samples().update(row, samples().webhook().events("user.created", "invoice.*"));

    assertThat(subscribers("order.paid")).isEmpty();
    assertThat(subscribers("user.created")).containsExactly(row.number());
    assertThat(subscribers("invoice.sent")).containsExactly(row.number());
  }

  @Test
  void reading_subscribers_waits_for_nobody() {
    WebhookRow row = samples().stored(samples().webhook());

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> {
        session.lockAccount(ACME);
        assertThat(session.lockWebhook(ACME, row.configuration().id())).isPresent();
        session.deleteWebhook(row.number(), StoreSamples.later(1));
        session.insertWebhook(samples().webhook().row());
      });

      assertThat(subscribers("order.paid")).containsExactly(row.number());
      host.commit();
    }

    assertThat(subscribers("order.paid")).hasSize(1).doesNotContain(row.number());
  }

  private long subscribed(String... events) {
    return samples().stored(samples().webhook().events(events)).number();
  }

  private List<Long> subscribers(String type) {
    return numbers(read(session -> session.subscribers(ACME, Set.of(type))).get(type));
  }

  private static List<Long> numbers(List<WebhookConfiguration> hooks) {
    return hooks.stream().map(WebhookConfiguration::number).toList();
  }
}
