package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.delivered;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The log of pending and finished deliveries. */
public abstract class LogContract extends StoreContract {
  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected LogContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    hook = samples().active();
  }

  @Test
  void new_webhook_has_an_empty_log() {
    assertThat(log().page(hook, DeliveryQuery.latest())).isEmpty();
    assertThat(log().count(hook, DeliveryQuery.latest())).isZero();
  }

  @Test
  void pending_and_finished_deliveries_are_merged_newest_first() {
    DeliveryRef first = finished(1, row -> delivered(row, 1, later(100)));
    DeliveryRef second = samples().enqueue(hook, 1, later(2)).get(0);
    DeliveryRef third = finished(3, row -> givenUp(row, 1, later(50)));
    DeliveryRef fourth = finished(4, row -> retried(row, 1, later(40), later(900)));
    DeliveryRef fifth = finished(5, row -> delivered(row, 1, later(10)));

    assertThat(page(DeliveryQuery.latest())).containsExactly(fifth, fourth, third, second, first);
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(5);
  }

  @Test
  void delivery_created_at_the_same_moment_is_ordered_by_its_id() {
    List<DeliveryRef> rows = new ArrayList<>(samples().enqueue(hook, 4));
    queue()
        .claimById(me, rows.subList(1, 2))
        .forEach(row -> queue().finish(me, List.of(delivered(row, 1, NOW)), NOW));
    Collections.reverse(rows);

    assertThat(page(DeliveryQuery.latest())).containsExactlyElementsOf(rows);
  }

  @Test
  void pages_continue_where_the_last_one_ended() {
    List<DeliveryRef> rows = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      rows.add(
          0,
          i % 2 == 0
              ? finished(i, row -> delivered(row, 1, NOW))
              : samples().enqueue(hook, 1, later(i)).get(0));
    }
    DeliveryQuery query = DeliveryQuery.latest().limit(3);

    assertThat(page(query)).containsExactlyElementsOf(rows.subList(0, 3));
    assertThat(page(query.page(2))).containsExactlyElementsOf(rows.subList(3, 6));
    assertThat(page(query.page(3))).containsExactlyElementsOf(rows.subList(6, 7));
    assertThat(page(query.page(4))).isEmpty();
    assertThat(log().count(hook, query.page(2)))
        .as("page and limit are ignored")
        .isEqualTo(7);
  }

  @Test
  void status_filters() {
    DeliveryRef success = finished(1, row -> delivered(row, 1, NOW));
    DeliveryRef failed = finished(2, row -> givenUp(row, 1, NOW));
    DeliveryRef waiting = finished(3, row -> retried(row, 1, NOW, later(900)));
    DeliveryRef fresh = samples().enqueue(hook, 1, later(4)).get(0);

    assertFilter(DeliveryQuery.latest().status(DeliveryStatus.SUCCESS), success);
    assertFilter(DeliveryQuery.latest().status(DeliveryStatus.FAILED), failed);
    assertFilter(DeliveryQuery.latest().status(DeliveryStatus.PENDING), fresh, waiting);
  }

  @Test
  void event_type_filters_exactly() {
    DeliveryRef pending = publish("order.paid", 1);
    DeliveryRef done = publish("order.paid", 2);
    publish("order.paid.late", 3);
    publish("order", 4);
    publish("user.created", 5);
    finish(done, row -> delivered(row, 1, NOW));

    assertFilter(DeliveryQuery.latest().event("order.paid"), done, pending);
    assertFilter(DeliveryQuery.latest().event("order.*"));
    assertFilter(DeliveryQuery.latest().event("*"));
  }

  @Test
  void from_is_inclusive_and_to_is_exclusive_on_the_time_of_creation() {
    DeliveryRef one = finished(1, row -> delivered(row, 1, later(500)));
    DeliveryRef two = samples().enqueue(hook, 1, later(2)).get(0);
    DeliveryRef three = finished(3, row -> givenUp(row, 1, later(500)));
    DeliveryRef four = samples().enqueue(hook, 1, later(4)).get(0);

    assertFilter(DeliveryQuery.latest().from(later(2)), four, three, two);
    assertFilter(DeliveryQuery.latest().from(later(3)), four, three);
    assertFilter(DeliveryQuery.latest().to(later(3)), two, one);
    assertFilter(DeliveryQuery.latest().to(later(2)), one);
    assertFilter(DeliveryQuery.latest().from(later(2)).to(later(4)), three, two);
    assertFilter(DeliveryQuery.latest().from(later(5)));
    assertFilter(DeliveryQuery.latest().from(later(3)).to(later(2)));
    assertFilter(DeliveryQuery.latest().from(later(2).plusNanos(1_000)).to(later(4)), three);
  }

  @Test
  void filters_work_together_and_across_pages() {
    List<DeliveryRef> wanted = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      DeliveryRef row = publish(i % 2 == 0 ? "order.paid" : "user.created", i);
      finish(row, held -> delivered(held, 1, NOW));
      if (i % 2 == 0 && i > 0) {
        wanted.add(0, row);
      }
    }
    publish("order.paid", 7);
    DeliveryQuery query = DeliveryQuery.latest()
        .status(DeliveryStatus.SUCCESS)
        .event("order.paid")
        .from(later(1))
        .to(later(7));

    assertFilter(query, wanted.toArray(DeliveryRef[]::new));
    assertThat(page(query.limit(1).page(2))).containsExactly(wanted.get(1));
  }

  @Test
  void log_is_of_one_webhook() {
    WebhookConfiguration another = samples().active();
    NewEvent event = samples().event().to(hook, another).build();
    samples().publish(event);
    DeliveryRef mine = event.deliveries().get(0).ref();
    DeliveryRef theirs = event.deliveries().get(1).ref();
    finish(theirs, row -> delivered(row, 1, NOW));

    assertThat(page(DeliveryQuery.latest())).containsExactly(mine);
    assertThat(log().count(another, DeliveryQuery.latest())).isEqualTo(1);
    assertThat(log().find(hook, theirs.id())).isEmpty();
    assertThat(log().find(another, mine.id())).isEmpty();
  }

  @Test
  void delivery_is_found_with_its_body_pending_or_finished() {
    byte[] body = StoreSamples.bytes("{\"name\":\"Zoë 🚀\"}");
    NewEvent event = samples().event().body(body).to(hook).build();
    samples().publish(event);
    DeliveryRef row = event.deliveries().get(0).ref();

    assertThat(log().find(hook, row.id())).hasValueSatisfying(logged -> {
      assertThat(logged.body()).isEqualTo(body);
      assertThat(logged.attempts()).isEmpty();
      assertThat(logged.delivery().status()).isEqualTo(DeliveryStatus.PENDING);
      assertThat(logged.delivery().attempts()).isZero();
      assertThat(logged.delivery().nextAttemptAt()).isEqualTo(NOW);
      assertThat(logged.delivery().lastAttemptAt()).isNull();
      assertThat(logged.delivery().responseTimeMs()).isNull();
      assertThat(logged.delivery().error()).isNull();
      assertThat(logged.delivery().eventId()).isEqualTo(PublicId.EVENT.format(event.id()));
    });
    finish(row, held -> delivered(held, 1, NOW));
    assertThat(log().find(hook, row.id()))
        .hasValueSatisfying(logged -> assertThat(logged.body()).isEqualTo(body));
    assertThat(log().find(hook, samples().id(NOW))).isEmpty();
  }

  @Test
  void page_and_find_show_the_same_delivery() {
    samples().enqueue(hook, 1, later(1));
    finished(2, row -> delivered(row, 1, NOW));
    finished(3, row -> givenUp(row, 1, NOW));
    finished(4, row -> retried(row, 1, NOW, later(900)));

    for (Delivery delivery : log().page(hook, DeliveryQuery.latest())) {
      assertThat(log().find(hook, PublicId.DELIVERY.parse(delivery.id()).orElseThrow()))
          .hasValueSatisfying(logged -> assertThat(logged.delivery()).isEqualTo(delivery));
    }
  }

  @Test
  void counts_are_exact_up_to_ten_thousand() {
    samples().enqueue(hook, DeliveryLog.COUNT_LIMIT - 1);
    finished(1, row -> delivered(row, 1, NOW));

    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(DeliveryLog.COUNT_LIMIT);

    samples().enqueue(hook, 5);
    DeliveryQuery pending = DeliveryQuery.latest().status(DeliveryStatus.PENDING);
    assertThat(log().count(hook, DeliveryQuery.latest())).isEqualTo(DeliveryLog.COUNT_LIMIT + 1);
    assertThat(log().count(hook, pending)).isEqualTo(DeliveryLog.COUNT_LIMIT + 1);
    assertThat(queue().depth().pending()).isGreaterThanOrEqualTo(DeliveryLog.COUNT_LIMIT);
    assertThat(statistics(hook.number()).get(hook.number()).pending())
        .isGreaterThanOrEqualTo(DeliveryLog.COUNT_LIMIT);
  }

  private DeliveryRef publish(String type, int second) {
    NewEvent event = samples().event().type(type).at(later(second)).to(hook).build();
    samples().publish(event);
    return event.deliveries().get(0).ref();
  }

  private DeliveryRef finished(int second, Function<ClaimRef, AttemptOutcome> outcome) {
    DeliveryRef row = samples().enqueue(hook, 1, later(second)).get(0);
    finish(row, outcome);
    return row;
  }

  private void finish(DeliveryRef row, Function<ClaimRef, AttemptOutcome> outcome) {
    ClaimRef held = queue().claimById(me, List.of(row)).get(0);
    assertThat(queue().finish(me, List.of(outcome.apply(held)), NOW)).hasSize(1);
  }

  private void assertFilter(DeliveryQuery query, DeliveryRef... expected) {
    assertThat(page(query)).containsExactly(expected);
    assertThat(log().count(hook, query)).isEqualTo(expected.length);
  }

  private List<DeliveryRef> page(DeliveryQuery query) {
    return log().page(hook, query).stream()
        .map(delivery -> PublicId.DELIVERY.parse(delivery.id()).orElseThrow())
        .map(id -> new DeliveryRef(hook.number(), id))
        .toList();
  }
}
