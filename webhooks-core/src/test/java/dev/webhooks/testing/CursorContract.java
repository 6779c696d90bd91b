package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Page;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A walk along the cursors of a list sees every entry that is there all the time exactly once,
 * whatever is added, removed and moved meanwhile.
 */
public abstract class CursorContract extends StoreContract {
  private static final int DELIVERIES = 2_000;
  private static final int WEBHOOKS = 600;

  /** Old enough to be removed between two pages. */
  private static final Instant LONG_AGO = later(-100_000);

  private final Random random = new Random(7);
  private final Map<String, ClaimRef> held = new LinkedHashMap<>();
  private final Set<String> removed = new HashSet<>();
  private TestWebhooks kit;
  private AccountWebhooks acme;
  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected CursorContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void openKit() {
    kit = TestWebhooks.on(
        store(), EventCatalog.acceptingAny(), builder -> builder.maxWebhooksPerAccount(100_000));
    acme = kit.account("acme");
    me = instance();
  }

  @AfterEach
  final void closeKit() {
    kit.close();
  }

  // Deliveries

  private void fillLog() {
    hook = samples().active();
    for (int i = 0; i < DELIVERIES / 50; i++) {
      take(samples().enqueue(hook, 50, later(i)));
    }
    finish(some(DELIVERIES / 2), NOW);
  }

  private void take(List<DeliveryRef> rows) {
    queue()
        .claimById(me, rows)
        .forEach(row -> held.put(PublicId.DELIVERY.format(row.ref().id()), row));
  }

  /** Returns some of the pending deliveries, chosen at random. */
  private List<String> some(int count) {
    List<String> pending = new ArrayList<>(held.keySet());
    List<String> some = new ArrayList<>();
    for (int i = 0; i < count && !pending.isEmpty(); i++) {
      some.add(pending.remove(random.nextInt(pending.size())));
    }
    return some;
  }

  /** Moves deliveries from the queue to the log. */
  private void finish(List<String> ids, Instant now) {
    List<AttemptOutcome> outcomes = new ArrayList<>();
    for (String id : ids) {
      ClaimRef row = held.remove(id);
      if (row != null) {
        outcomes.add(random.nextInt(3) == 0 ? givenUp(row, 1, NOW) : delivered(row, 1, NOW));
      }
    }
    assertThat(queue().finish(me, outcomes, now)).hasSize(outcomes.size());
  }

  /** Removes pending deliveries for good. */
  private void remove(List<String> ids) {
    List<String> pending = ids.stream().filter(held::containsKey).toList();
    removed.addAll(pending);
    finish(pending, LONG_AGO);
    store().retention().removeDeliveries(LONG_AGO.plusSeconds(1), Retention.FIRST_DELIVERY);
  }

  private void retrySome(Page<Delivery> page) {
    List<NewRetry> retries = page.data().stream()
        .filter(delivery -> delivery.status() == DeliveryStatus.FAILED)
        .limit(3)
        .map(delivery -> PublicId.DELIVERY.parse(delivery.id()).orElseThrow())
        .map(id -> new NewRetry(id, samples().id(later(DELIVERIES))))
        .toList();
    write(session -> session.retry(hook.number(), retries, later(DELIVERIES), later(DELIVERIES)));
  }

  private void disturb(Page<Delivery> page) {
    take(samples().enqueue(hook, 10, later(DELIVERIES)));
    finish(some(40), NOW);
    retrySome(page);
    String last = page.data().get(page.data().size() - 1).id();
    List<String> doomed = some(5);
    doomed.add(last);
    remove(doomed);
  }

  @Test
  void a_walk_through_the_log_misses_and_repeats_nothing() {
    fillLog();
    List<String> before = ids(DeliveryQuery.latest(), page -> {});
    assertThat(before).hasSize(DELIVERIES).doesNotHaveDuplicates();

    List<String> seen = ids(DeliveryQuery.latest().limit(97), this::disturb);

    assertThat(seen)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.reverseOrder())
        .containsAll(without(before, removed));
    assertThat(seen).as("what came meanwhile is newer").isSubsetOf(before);
    assertThat(removed).hasSizeGreaterThan(50);
  }

  @Test
  void a_walk_through_filtered_deliveries_misses_and_repeats_nothing() {
    fillLog();
    DeliveryQuery filtered = DeliveryQuery.latest()
        .status(DeliveryStatus.SUCCESS)
        .event("order.paid")
        .from(later(3))
        .to(later(DELIVERIES / 50 - 3));
    List<String> before = ids(filtered, page -> {});

    List<String> seen = ids(filtered.limit(23), this::disturb);

    assertThat(before).hasSizeGreaterThan(300);
    assertThat(seen)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.reverseOrder())
        .containsAll(before);
  }

  @Test
  void the_pages_by_number_and_by_cursor_are_the_same() {
    fillLog();
    DeliveryQuery query = DeliveryQuery.latest().limit(300);
    Page<Delivery> byCursor = acme.deliveries(hook.publicId(), query);
    for (int number = 1; number <= 7; number++) {
      Page<Delivery> byNumber = acme.deliveries(hook.publicId(), query.page(number));
      assertThat(byNumber.data()).isEqualTo(byCursor.data());
      assertThat(byNumber.page()).isEqualTo(number);
      assertThat(byNumber.next()).isEqualTo(byCursor.next());
      assertThat(byNumber.hasMore()).isEqualTo(number < 7).isEqualTo(byNumber.next() != null);
      assertThat(byNumber.total()).isEqualTo(DELIVERIES).isEqualTo(byCursor.total());
      if (number < 7) {
        byCursor = acme.deliveries(hook.publicId(), query.after(byCursor.next()));
        assertThat(byCursor.page()).isNull();
      }
    }
  }

  private List<String> ids(DeliveryQuery query, Consumer<Page<Delivery>> between) {
    return walk(
        after -> acme.deliveries(hook.publicId(), after == null ? query : query.after(after)),
        Delivery::id,
        between);
  }

  private static <T> List<String> walk(
      Function<String, Page<T>> list, Function<T, String> id, Consumer<Page<T>> between) {
    List<String> seen = new ArrayList<>();
    String next = null;
    do {
      Page<T> page = list.apply(next);
      page.data().forEach(entry -> seen.add(id.apply(entry)));
      next = page.next();
      if (next != null) {
        between.accept(page);
      }
    } while (next != null);
    return seen;
  }

  private static List<String> without(List<String> all, Set<String> removed) {
    return all.stream().filter(id -> !removed.contains(id)).toList();
  }

  // Webhooks

  private String create() {
    if (random.nextInt(4) == 0) {
      kit.clock().advance(Duration.ofNanos(1_000));
    }
    return acme.create(WebhookDraft.to("https://hooks.acme.example/in").events("order.*"))
        .webhook()
        .id();
  }

  @Test
  void a_walk_through_webhooks_misses_and_repeats_nothing() {
    for (int i = 0; i < WEBHOOKS; i++) {
      create();
    }
    WebhookQuery query = WebhookQuery.all().status(WebhookStatus.ACTIVE).event("order.paid");
    List<String> before = webhookIds(query.limit(100), page -> {});
    assertThat(before).hasSize(WEBHOOKS).doesNotHaveDuplicates();

    List<String> seen = webhookIds(query.limit(17), page -> {
      create();
      delete(page.data().get(page.data().size() - 1).id());
      delete(before.get(random.nextInt(before.size())));
      String renamed = page.data().get(0).id();
      acme.update(renamed, WebhookPatch.empty().name("renamed"));
      store().retention().purgeDeleted(kit.clock().instant().plus(Duration.ofDays(2)));
    });

    assertThat(seen).doesNotHaveDuplicates().containsAll(without(before, removed));
    assertThat(seen).as("in the same order, and nothing newer").isSubsetOf(before);
    assertThat(before).containsSubsequence(seen);
    assertThat(removed).hasSizeGreaterThan(30);
  }

  private void delete(String webhook) {
    if (removed.add(webhook)) {
      acme.delete(webhook);
    }
  }

  private List<String> webhookIds(WebhookQuery query, Consumer<Page<Webhook>> between) {
    return walk(
        after -> acme.list(after == null ? query : query.after(after)), Webhook::id, between);
  }
}
