package dev.webhooks.store.jdbc;

import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.AttemptOutcome;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The counters of webhooks: the engine appends deltas, which are folded later; reads add both. */
final class JdbcStatistics {
  private static final int FOLD_ROWS = 5_000;

  private static final String APPEND = """
      insert into {stat_delta} (webhook, succeeded, failed, tail_failures, has_success,
        last_attempt, last_success, last_failure)
      select webhook, succeeded, failed, tail_failures, has_success = 1, last_attempt, last_success,
        last_failure
      from {x: webhook bigint, succeeded int, failed int, tail_failures int, has_success int,
        last_attempt time, last_success time, last_failure time}""";

  static final String DELTA = "number, webhook, succeeded, failed, tail_failures, has_success,"
      + " last_attempt, last_success, last_failure";

  private static final String FOLDED = """
      select s.webhook, s.succeeded, s.failed, s.consecutive, s.last_attempt, s.last_success,
        s.last_failure
      from {x: webhook bigint} join {stat} s on s.webhook = x.webhook""";

  static final String COUNTERS =
      "webhook, succeeded, failed, consecutive, last_attempt, last_success, last_failure";
  /** Selects counters for an insert. */
  static final String SELECT_COUNTERS = " select " + COUNTERS + """

      from {x: webhook bigint, succeeded bigint, failed bigint, consecutive bigint,
        last_attempt time, last_success time, last_failure time}""";
  /** Reads both tables in one statement, since folding moves a delta between them. */
  private static final String ALL = """
      select s.webhook, 0 as number, s.succeeded, s.failed,
        s.consecutive as tail_failures, false as has_success, s.last_attempt, s.last_success,
        s.last_failure
      from {x: webhook bigint} join {stat} s on s.webhook = x.webhook
      union all
      select d.webhook, d.number, d.succeeded, d.failed, d.tail_failures, d.has_success,
        d.last_attempt, d.last_success, d.last_failure
      from {y: webhook bigint} join {stat_delta} d on d.webhook = y.webhook""";

  /** Follows {@code select} and the webhook's place in the list. Test deliveries do not count. */
  private static final String PENDING = """
      as place, count(*) - (
          select count(*) from {queue} where owner = -2 and webhook = ?) as pending
      from (select 1 as one from {queue} where webhook = ? limit 10001) counted""";

  private final Sql sql;

  JdbcStatistics(Sql sql) {
    this.sql = sql;
  }

  /** Appends the deltas of attempts, in the order in which they count. */
  static void append(Sql sql, List<AttemptOutcome> outcomes) throws SQLException {
    Map<Long, Delta> deltas = new LinkedHashMap<>();
    outcomes.forEach(o -> deltas.merge(o.claim().ref().webhook(), Delta.of(o), Delta::then));
    append(sql, deltas);
  }

  /** Appends deliveries that were given up without an attempt. */
  static void appendGivenUp(Sql sql, Collection<Long> webhooks) throws SQLException {
    Map<Long, Delta> deltas = new LinkedHashMap<>();
    webhooks.forEach(webhook -> deltas.merge(webhook, Delta.GIVEN_UP, Delta::then));
    append(sql, deltas);
  }

  private static void append(Sql sql, Map<Long, Delta> deltas) throws SQLException {
    if (deltas.isEmpty()) {
      return;
    }
    Rows<Map.Entry<Long, Delta>> rows = Rows.of(deltas.entrySet())
        .bigint(Map.Entry::getKey)
        .integer(e -> (int) e.getValue().succeeded())
        .integer(e -> (int) e.getValue().failed())
        .integer(e -> (int) e.getValue().tailFailures())
        .integer(e -> e.getValue().hasSuccess() ? 1 : 0)
        .time(e -> e.getValue().lastAttempt())
        .time(e -> e.getValue().lastSuccess())
        .time(e -> e.getValue().lastFailure());
    sql.update(APPEND, rows);
  }

  /**
   * Moves deltas into the counters, unless another transaction is doing it.
   *
   * @return whether more deltas remain
   */
  boolean fold() throws SQLException {
    if (!sql.dialect.tryFoldLock(sql)) {
      return false;
    }
    List<Entry> deltas = sql.dialect.takeDeltas(sql, FOLD_ROWS, Entry::of);
    if (deltas.isEmpty()) {
      return false;
    }
    Collection<Long> webhooks = deltas.stream().map(Entry::webhook).distinct().toList();
    List<Entry> all = new ArrayList<>(sql.list(FOLDED, Entry::ofFolded, Rows.ofNumbers(webhooks)));
    all.addAll(deltas);
    replace(sums(all));
    return deltas.size() == FOLD_ROWS;
  }

  private void replace(Map<Long, Delta> sums) throws SQLException {
    Rows<Map.Entry<Long, Delta>> rows = Rows.of(sums.entrySet())
        .bigint(Map.Entry::getKey)
        .bigint(e -> e.getValue().succeeded())
        .bigint(e -> e.getValue().failed())
        .bigint(e -> e.getValue().tailFailures())
        .time(e -> e.getValue().lastAttempt())
        .time(e -> e.getValue().lastSuccess())
        .time(e -> e.getValue().lastFailure());
    sql.update(sql.dialect.replaceCounters(), rows);
  }

  Map<Long, WebhookStatistics> read(Collection<Long> numbers) throws SQLException {
    if (numbers.isEmpty()) {
      return Map.of();
    }
    List<Entry> entries =
        sql.list(ALL, Entry::of, Rows.ofNumbers(numbers), Rows.ofNumbers(numbers));
    Map<Long, Delta> sums = sums(entries);
    Map<Long, Long> pending = pending(numbers);
    Map<Long, WebhookStatistics> statistics = new HashMap<>();
    for (Long number : numbers) {
      Delta sum = sums.getOrDefault(number, Delta.NOTHING);
      statistics.put(number, sum.statistics(pending.getOrDefault(number, 0L)));
    }
    return statistics;
  }

  private Map<Long, Long> pending(Collection<Long> numbers) throws SQLException {
    List<Long> places = List.copyOf(numbers);
    String query = IntStream.range(0, places.size())
        .mapToObj(place -> "select " + place + " " + PENDING)
        .collect(Collectors.joining(" union all "));
    List<Long> parameters = new ArrayList<>();
    places.forEach(number -> parameters.addAll(List.of(number, number)));
    Map<Long, Long> pending = new HashMap<>();
    sql.list(
        query,
        row -> pending.put(places.get(row.integer("place")), row.bigint("pending")),
        parameters.toArray());
    return pending;
  }

  private static Map<Long, Delta> sums(List<Entry> entries) {
    Map<Long, Delta> sums = new LinkedHashMap<>();
    entries.stream()
        .sorted(Comparator.comparingLong(Entry::number))
        .forEach(entry -> sums.merge(entry.webhook(), entry.delta(), Delta::then));
    return sums;
  }

  /** A row of either table; counters come before deltas. */
  private record Entry(long webhook, long number, Delta delta) {
    static Entry of(Row row) throws SQLException {
      return new Entry(
          row.bigint("webhook"),
          row.bigint("number"),
          Delta.of(row, row.bigint("tail_failures"), row.bool("has_success")));
    }

    static Entry ofFolded(Row row) throws SQLException {
      Delta delta = Delta.of(row, row.bigint("consecutive"), false);
      return new Entry(row.bigint("webhook"), 0, delta);
    }
  }

  /** The sums of some attempts of a webhook, or of all before them. */
  private record Delta(
      long succeeded,
      long failed,
      long tailFailures,
      boolean hasSuccess,
      @Nullable Instant lastAttempt,
      @Nullable Instant lastSuccess,
      @Nullable Instant lastFailure) {
    static final Delta NOTHING = new Delta(0, 0, 0, false, null, null, null);
    static final Delta GIVEN_UP = new Delta(0, 1, 0, false, null, null, null);

    static Delta of(AttemptOutcome outcome) {
      boolean ok = outcome.error() == null;
      return new Delta(
          outcome.status() == DeliveryStatus.SUCCESS ? 1 : 0,
          outcome.status() == DeliveryStatus.FAILED ? 1 : 0,
          ok ? 0 : 1,
          ok,
          outcome.at(),
          ok ? outcome.at() : null,
          ok ? null : outcome.at());
    }

    static Delta of(Row row, long tailFailures, boolean hasSuccess) throws SQLException {
      return new Delta(
          row.bigint("succeeded"),
          row.bigint("failed"),
          tailFailures,
          hasSuccess,
          row.timeOrNull("last_attempt"),
          row.timeOrNull("last_success"),
          row.timeOrNull("last_failure"));
    }

    Delta then(Delta next) {
      return new Delta(
          succeeded + next.succeeded,
          failed + next.failed,
          next.hasSuccess ? next.tailFailures : tailFailures + next.tailFailures,
          hasSuccess || next.hasSuccess,
          latest(lastAttempt, next.lastAttempt),
          latest(lastSuccess, next.lastSuccess),
          latest(lastFailure, next.lastFailure));
    }

    WebhookStatistics statistics(long pending) {
      return new WebhookStatistics(
          succeeded, failed, pending, tailFailures, lastAttempt, lastSuccess, lastFailure);
    }

    private static @Nullable Instant latest(@Nullable Instant a, @Nullable Instant b) {
      if (a == null || b == null) {
        return a == null ? b : a;
      }
      return a.isAfter(b) ? a : b;
    }
  }
}
