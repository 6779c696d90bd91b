package dev.webhooks.examples.benchmark;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EventPattern;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.StoreSession.RecoverRequest;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Everything that customers, the host and the health check ask of a full log. */
final class LogQuestions {
  /** A range of rows for each status that the tables tell apart. */
  private static final int RANGES = 4;

  /** Rows read beside those that were asked for, such as the webhook itself. */
  private static final int BESIDE = 200;

  private static final int PAGE = 50;

  private static final List<DeliveryStatus> STATUSES = List.of(DeliveryStatus.values());

  private final WebhookStore store;
  private final LogSeed seed;
  private final List<Question> questions = new ArrayList<>();

  LogQuestions(WebhookStore store, LogSeed seed) {
    this.store = store;
    this.seed = seed;
  }

  List<Question> all() {
    DeliveryQuery first = new DeliveryQuery(1, PAGE, null, null, null, null, null);
    for (DeliveryStatus status : withNull(STATUSES)) {
      for (String event : withNull(List.of(LogSeed.COMMON, LogSeed.RARE, LogSeed.ELSEWHERE))) {
        for (Instant from : withNull(List.of(seed.now().minus(Duration.ofDays(20))))) {
          for (Instant to : withNull(List.of(seed.now().minus(Duration.ofDays(15))))) {
            log(
                "largest",
                seed.largest(),
                new DeliveryQuery(1, PAGE, status, event, from, to, null));
          }
        }
      }
    }
    for (DeliveryStatus status : withNull(STATUSES)) {
      log("failing", seed.failing(), first.status(status));
      log("small", seed.small(), first.status(status));
      log("largest", seed.largest(), first.status(status).limit(500).page(20));
    }
    log("largest", seed.largest(), first.event(LogSeed.COMMON).limit(500).page(20));
    log(
        "failing",
        seed.failing(),
        first.status(DeliveryStatus.SUCCESS).limit(500).page(20));
    one();
    recover("largest", seed.largest());
    recover("failing", seed.failing());
    registry();
    engine();
    return questions;
  }

  private void log(String name, WebhookConfiguration webhook, DeliveryQuery query) {
    String filters = name + " " + filters(query);
    boolean pendingByType = query.event() != null
        && (query.status() == null || query.status() == DeliveryStatus.PENDING);
    // The queue has no index by type: all that waits for the webhook is looked through.
    long backlog = pendingByType ? seed.backlog() : 0;
    long upTo = (long) query.page() * query.limit();
    ask(
        "page",
        filters,
        RANGES * upTo + 6L * query.limit() + BESIDE + backlog,
        () -> store.log().page(webhook, query));
    ask(
        "count",
        filters,
        RANGES * (DeliveryLog.COUNT_LIMIT + 1L) + BESIDE + backlog,
        () -> store.log().count(webhook, query));
  }

  private static String filters(DeliveryQuery query) {
    StringBuilder text = new StringBuilder();
    text.append(query.status() == null ? "" : " status=" + query.status());
    text.append(query.event() == null ? "" : " event=" + kind(query.event()));
    text.append(query.from() == null ? "" : " from");
    text.append(query.to() == null ? "" : " to");
    text.append(query.limit() == PAGE ? "" : " page=" + query.page() + "x" + query.limit());
    return text.isEmpty() ? "none" : text.substring(1);
  }

  private static String kind(String event) {
    return switch (event) {
      case LogSeed.COMMON -> "common";
      case LogSeed.RARE -> "rare";
      default -> "absent";
    };
  }

  private void one() {
    UUID id = seed.sample();
    ask("find", "finished", BESIDE, () -> store.log().find(seed.largest(), id));
    ask("find", "absent", BESIDE, () -> store.log().find(seed.largest(), new UUID(1, 1)));
    ask(
        "find to retry",
        "finished",
        BESIDE,
        () -> store.transact(session -> session.findDelivery(seed.largest(), id)));
  }

  private void recover(String name, WebhookConfiguration webhook) {
    int batch = 501;
    Instant since = seed.now().minus(Duration.ofDays(14));
    RecoverRequest request =
        new RecoverRequest(webhook.number(), since, seed.now(), new UUID(0, 0), batch);
    ask(
        "recover",
        name,
        3L * batch + BESIDE,
        () -> store.transact(session -> session.findRetryable(request)));
  }

  private void registry() {
    int webhooks = seed.webhooks();
    List<String> patterns = EventPattern.matching(LogSeed.RARE);
    for (WebhookStatus status : withNull(List.of(WebhookStatus.ACTIVE, WebhookStatus.FAILED))) {
      for (boolean event : List.of(false, true)) {
        WebhookFilter filter = new WebhookFilter(status, event ? patterns : null, null, 0, 100);
        ask(
            "list webhooks",
            (status == null ? "" : "status=" + status) + (event ? " event" : ""),
            (long) (2 + 2 * patterns.size()) * webhooks * 2 + BESIDE,
            () -> store.transact(session -> session.listWebhooks(LogSeed.ACCOUNT, filter)));
      }
    }
    List<Long> numbers =
        seed.backlogged().stream().map(WebhookConfiguration::number).toList();
    ask(
        "statistics",
        "100 webhooks, " + seed.backlog() + " pending each",
        (long) numbers.size() * (DeliveryLog.COUNT_LIMIT + 1) * 2 + 2L * numbers.size() + BESIDE,
        () -> store.transact(session -> session.statistics(numbers)));
    ask(
        "statistics",
        "1 webhook",
        DeliveryLog.COUNT_LIMIT * 2 + BESIDE,
        () -> store.transact(session -> session.statistics(numbers.subList(0, 1))));
    ask(
        "subscribers",
        webhooks + " of an account",
        4L * webhooks + BESIDE,
        () -> store.transact(
            session -> session.subscribers(LogSeed.ACCOUNT, Set.of(LogSeed.COMMON))));
    ask(
        "subscribers",
        "1 event with few",
        BESIDE,
        () -> store.transact(
            session -> session.subscribers(LogSeed.ACCOUNT, Set.of("order.number-7"))));
  }

  private void engine() {
    ask("health", "", 2L * DeliveryLog.COUNT_LIMIT + BESIDE, () -> store.queue().depth());
    IdempotencyKey key = new IdempotencyKey(LogSeed.ACCOUNT, "benchmark");
    UUID token = new UUID(7, 7);
    ask(
        "idempotency key",
        "new, then known",
        BESIDE,
        () -> store.transact(session -> session
            .idempotency()
            .reserve(key, Fingerprint.of("benchmark").build(), token, seed.now())));
  }

  private void ask(String name, String filters, long bound, Runnable work) {
    questions.add(new Question(name, filters.strip(), bound, work));
  }

  private static <T> List<T> withNull(List<T> values) {
    List<T> all = new ArrayList<>(values);
    all.add(0, null);
    return all;
  }

  /**
   * One question.
   *
   * @param bound how many rows may be read to answer it, whatever is in the log
   */
  record Question(String name, String filters, long bound, Runnable work) {}
}
