package dev.webhooks.store.jdbc;

import static dev.webhooks.model.DeliveryError.HTTP_STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EventPattern;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookPlace;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Reading the log touches what is asked for and nothing else, whatever the log consists of. The
 * busy webhook has many successes of the usual type with few failures among them; the broken one
 * has failed ever since, and many of its failures have been retried; the odd one gets no event of
 * the type that nearly all others get; the large one has a hundred thousand.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LogPlanContract {
  private static final String USUAL = "order.paid";
  private static final String ODD = "order.lost";
  private static final String RARE = "order.torn";
  private static final String UNKNOWN = "order.made";

  private static final int BUSY = 15_000;
  private static final int BROKEN = 4_000;
  private static final int ODDS = 2_000;
  private static final int LARGE = 150_000;
  private static final int PENDING = 300;
  private static final int LIMIT = 20;
  private static final DeliveryLog.Section FIRST_PAGE = new DeliveryLog.Section(null, 0, LIMIT);
  private static final Instant START = Samples.NOW.minus(Duration.ofDays(10));

  /** A few rows beside those asked for: the first of the next range, and a second of rows. */
  private static final int SLACK = 60;

  private final IdGenerator ids = new IdGenerator(new Random(3));
  private WebhookStore store;
  private Database database;
  private WebhookConfiguration busy;
  private WebhookConfiguration broken;
  private WebhookConfiguration odd;
  private WebhookConfiguration large;

  /** Opens an empty database. */
  abstract DataSource open();

  abstract Dialect dialect();

  /** Called when the tables are full. */
  void filled(DataSource database) {}

  @BeforeAll
  void fillLog() {
    DataSource source = open();
    store = JdbcWebhookStore.on(source);
    store.open();
    database = new Database(
        new DataSourceConnections(source, Duration.ofSeconds(30)),
        dialect(),
        "webhooks_",
        Duration.ofSeconds(30));
    busy = webhook();
    broken = webhook();
    odd = webhook();
    large = webhook();
    List<JdbcDeliveryLog.Finished> rows = new ArrayList<>();
    finish(rows, busy, BUSY, i -> i % 3_000 == 7 ? RARE : USUAL, i -> i % 50 == 0);
    finish(rows, broken, BROKEN, i -> USUAL, i -> i >= BROKEN / 10);
    finish(rows, odd, ODDS, i -> ODD, i -> false);
    finish(rows, large, LARGE, i -> USUAL, i -> i % 3 == 0);
    for (int i = 0; i < rows.size(); i += 1_000) {
      List<JdbcDeliveryLog.Finished> part = rows.subList(i, Math.min(rows.size(), i + 1_000));
      database.run(Dialect.Purpose.QUEUE, sql -> {
        JdbcDeliveryLog.insertFinished(sql, part);
        return part;
      });
    }
    NewEvent event = Samples.event(busy.number());
    Samples.publish(store, event);
    database.run(
        Dialect.Purpose.QUEUE, sql -> sql.update("update {delivery} set event = ?", event.id()));
    for (int i = 1; i < PENDING; i++) {
      Samples.publish(store, Samples.event(busy.number()));
    }
    retryMostOfTheBroken();
    filled(source);
  }

  private WebhookConfiguration webhook() {
    long number = Samples.insertWebhook(store);
    return store.queue().configurations(List.of(number)).get(number);
  }

  /** Spreads deliveries over nine days. */
  private static void finish(
      List<JdbcDeliveryLog.Finished> rows,
      WebhookConfiguration webhook,
      int count,
      IntFunction<String> type,
      IntPredicate failed) {
    IdGenerator inOrder = new IdGenerator(new Random(webhook.number()));
    for (int i = 0; i < count; i++) {
      Instant created = START.plus(Duration.ofDays(9).multipliedBy(i).dividedBy(count));
      UUID id = inOrder.next(created);
      RemovedRow row = new RemovedRow(
          webhook.number(), id, id, created, 0, null, type.apply(i), 0, null, null, null);
      rows.add(
          failed.test(i)
              ? new JdbcDeliveryLog.Finished(
                  row, DeliveryStatus.FAILED, created, 1, 500, 5, created, HTTP_STATUS, null)
              : new JdbcDeliveryLog.Finished(
                  row, DeliveryStatus.SUCCESS, created, 1, 200, 5, created, null, null));
    }
  }

  /** Leaves the last hundred. */
  private void retryMostOfTheBroken() {
    List<UUID> failed = store.transact(session -> session.findRetryable(recovery(BROKEN)));
    List<NewRetry> retries = failed.subList(0, failed.size() - 100).stream()
        .map(id -> new NewRetry(id, ids.next(Samples.NOW)))
        .toList();
    store.transact(session -> session.retry(broken.number(), retries, Samples.NOW, Samples.NOW));
  }

  private RecoverRequest recovery(int limit) {
    return new RecoverRequest(broken.number(), START, Samples.NOW, new UUID(0, 0), limit);
  }

  static Stream<DeliveryQuery> filters() {
    Instant from = START.plus(Duration.ofDays(3));
    Instant to = START.plus(Duration.ofDays(5));
    List<DeliveryQuery> filters = new ArrayList<>();
    for (DeliveryStatus status : withNull(DeliveryStatus.values())) {
      for (String event : withNull(new String[] {USUAL, ODD, RARE, UNKNOWN})) {
        filters.add(new DeliveryQuery(1, LIMIT, status, event, null, null, null));
        filters.add(new DeliveryQuery(1, LIMIT, status, event, from, null, null));
        filters.add(new DeliveryQuery(1, LIMIT, status, event, null, to, null));
        filters.add(new DeliveryQuery(1, LIMIT, status, event, from, to, null));
      }
    }
    return filters.stream();
  }

  private static <T> List<@Nullable T> withNull(T[] values) {
    List<@Nullable T> all = new ArrayList<>(List.of(values));
    all.add(null);
    return all;
  }

  @ParameterizedTest
  @MethodSource("filters")
  void the_first_page_of_any_filter_reads_no_more_than_its_rows(DeliveryQuery query) {
    for (WebhookConfiguration webhook : List.of(busy, broken, odd)) {
      Plan plan = explainLog(sql -> new LogQuery(webhook, query).list(sql, FIRST_PAGE));

      assertIndexed(plan, 9 * LIMIT + lookedThrough(webhook, query));
    }
  }

  @ParameterizedTest
  @MethodSource("filters")
  void counting_reads_no_more_than_it_counts(DeliveryQuery query) {
    for (WebhookConfiguration webhook : List.of(busy, broken, odd)) {
      int counted = store.log().count(webhook, query);
      // Past the limit the other statuses are counted in vain.
      int inVain = counted > DeliveryLog.COUNT_LIMIT ? BUSY / 50 + PENDING : 0;

      Plan plan = explainLog(sql -> new LogQuery(webhook, query).count(sql));

      assertIndexed(plan, counted + inVain + lookedThrough(webhook, query));
    }
  }

  /** The queue has no index by type: what waits for one webhook is looked through. */
  private int lookedThrough(WebhookConfiguration webhook, DeliveryQuery query) {
    boolean pending = query.status() == null || query.status() == DeliveryStatus.PENDING;
    return query.event() == null || !pending
        ? 0
        : store.log().count(webhook, DeliveryQuery.latest().status(DeliveryStatus.PENDING));
  }

  @Test
  void the_last_page_fetches_only_its_own_rows() {
    DeliveryQuery last = DeliveryQuery.latest().status(DeliveryStatus.SUCCESS);

    Plan plan = explainLog(
        sql -> new LogQuery(busy, last).list(sql, new DeliveryLog.Section(null, 9_500, 501)));

    assertIndexed(plan, 10_000 + 5 * 500);
  }

  @ParameterizedTest
  @MethodSource("filters")
  void a_page_behind_a_cursor_reads_no_more_than_its_rows(DeliveryQuery query) {
    for (WebhookConfiguration webhook : List.of(busy, broken, odd)) {
      // Behind thousands of rows, and in front of thousands.
      UUID after = IdGenerator.lowerBound(START.plus(Duration.ofDays(4)));
      DeliveryLog.Section deep = new DeliveryLog.Section(after, 0, LIMIT);

      Plan plan = explainLog(sql -> new LogQuery(webhook, query).list(sql, deep));

      assertIndexed(plan, 9 * LIMIT + lookedThrough(webhook, query));
    }
  }

  @Test
  void a_page_deep_in_a_hundred_thousand_deliveries_reads_no_more_than_its_rows() {
    DeliveryQuery all = DeliveryQuery.latest();
    for (int day : List.of(1, 4, 8)) {
      UUID after = IdGenerator.lowerBound(START.plus(Duration.ofDays(day)));
      for (DeliveryQuery query :
          List.of(all, all.event(USUAL), all.status(DeliveryStatus.FAILED), all.to(Samples.NOW))) {
        DeliveryLog.Section deep = new DeliveryLog.Section(after, 0, LIMIT);

        Plan plan = explainLog(sql -> new LogQuery(large, query).list(sql, deep));

        assertIndexed(plan, 9 * LIMIT);
      }
    }
  }

  @Test
  void one_delivery_is_looked_up() {
    List<DeliveryStatus> statuses = new ArrayList<>();
    for (DeliveryStatus status : DeliveryStatus.values()) {
      DeliveryQuery query = DeliveryQuery.latest().status(status).limit(1);
      UUID id = explainedId(query);
      List<Plan> plans = explain(
          Dialect.Purpose.LOG,
          sql -> LogQuery.find(sql, busy, id).map(found -> {
            statuses.add(found.delivery().status());
            return found;
          }));
      assertIndexed(plans.get(0), 0);
    }
    assertThat(statuses).containsExactly(DeliveryStatus.values());
  }

  private UUID explainedId(DeliveryQuery query) {
    String id = store.log().page(busy, query).get(0).id();
    return PublicId.DELIVERY.parse(id).orElseThrow();
  }

  @Test
  void recovery_skips_nothing_that_has_been_retried() {
    List<Plan> plans =
        explain(Dialect.Purpose.SESSION, sql -> new JdbcRetries(sql).find(recovery(50)));

    assertThat(plans).hasSize(1);
    assertIndexed(plans.get(0), 2 * 50);
  }

  @Test
  void webhooks_are_listed_and_matched_by_their_account() {
    List<String> patterns = EventPattern.matching(USUAL);
    for (WebhookFilter filter : List.of(
        new WebhookFilter(null, null, null, 0, 100),
        new WebhookFilter(WebhookStatus.ACTIVE, null, null, 0, 100),
        new WebhookFilter(null, patterns, null, 0, 100),
        new WebhookFilter(null, null, new WebhookPlace(Samples.NOW, busy.id()), 0, 100),
        new WebhookFilter(WebhookStatus.FAILED, patterns, null, 0, 100))) {
      explain(Dialect.Purpose.SESSION, sql -> new JdbcRegistry(sql).list(Samples.ACME, filter))
          .forEach(plan -> assertIndexed(plan, 0));
    }
  }

  @Test
  void pending_deliveries_are_counted_by_an_index() {
    List<Long> numbers = List.of(busy.number(), broken.number(), odd.number());

    List<Plan> plans =
        explain(Dialect.Purpose.SESSION, sql -> new JdbcStatistics(sql).read(numbers));

    assertThat(plans).hasSize(2);
    assertIndexed(plans.get(1), PENDING + BROKEN);
  }

  private Plan explainLog(Dialect.Work<?> work) {
    List<Plan> plans = explain(Dialect.Purpose.LOG, work);
    assertThat(plans).hasSize(1);
    return plans.get(0);
  }

  private List<Plan> explain(Dialect.Purpose purpose, Dialect.Work<?> work) {
    List<Plan> plans = new ArrayList<>();
    return database.run(purpose, sql -> {
      boolean h2 = dialect().name().equals(H2Dialect.NAME);
      work.run(database.on(Plan.explaining(sql.connection, h2, plans)));
      return plans;
    });
  }

  private static void assertIndexed(Plan plan, int rows) {
    assertThat(plan.scanned()).as(plan.text()).isEmpty();
    assertThat(plan.rows()).as(plan.text()).isLessThanOrEqualTo(rows + SLACK);
  }
}
