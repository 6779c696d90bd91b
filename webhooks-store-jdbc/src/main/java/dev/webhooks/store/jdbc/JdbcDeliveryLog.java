package dev.webhooks.store.jdbc;

import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.PublicId;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryLog.LoggedDelivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The log of deliveries: finished ones and attempts have tables, and reads add the pending ones.
 */
final class JdbcDeliveryLog implements DeliveryLog {
  private static final String INSERT_FINISHED = """
      insert into {delivery} (webhook, id, event, created, ended, attempts, kind, last_http,
        last_ms, last_at, retry_of, type, status, error, excerpt)""";

  private static final String INSERT_ATTEMPTS = """
      insert into {attempt} (webhook, delivery, number, http, ms, at, error, excerpt)""";

  private static final String ATTEMPTS = """
      select number, at, ms, http, error, excerpt from {attempt}
      where webhook = ? and delivery = ? order by number""";

  /** The last attempt of a finished delivery is stored in the delivery's row. */
  private static final String LAST_ATTEMPT = LogQuery.finished(
      "attempts as number, last_at as at, last_ms as ms, last_http as http, error, excerpt");

  private static final String BODY = "select body from {event} where id = ?";

  private final Database database;

  JdbcDeliveryLog(Database database) {
    this.database = database;
  }

  // ---- writing

  /** Binds outcomes sorted by key; the ordinal of each is its place in the given list. */
  static Rows<Ordered> outcomeRows(List<AttemptOutcome> outcomes) {
    List<Ordered> rows = new ArrayList<>();
    for (AttemptOutcome outcome : outcomes) {
      rows.add(new Ordered(rows.size(), outcome));
    }
    rows.sort(Comparator.<Ordered>comparingLong(row -> row.outcome.claim().ref().webhook())
        .thenComparing(row -> row.outcome.claim().ref().id()));
    return Rows.of(rows)
        .integer(Ordered::ordinal)
        .bigint(row -> row.outcome.claim().ref().webhook())
        .uuid(row -> row.outcome.claim().ref().id())
        .integer(row -> row.outcome.claim().number())
        .integer(row -> row.outcome.number())
        .time(row -> row.outcome.at())
        .integer(row -> row.outcome.durationMs())
        .integer(row -> row.outcome.httpStatus())
        .text(row -> code(row.outcome.error()))
        .bytes(row -> excerpt(row.outcome))
        .text(row -> code(row.outcome.status()))
        .time(row -> row.outcome.dueAt());
  }

  static void insertFinished(Sql sql, List<Finished> deliveries) throws SQLException {
    if (deliveries.isEmpty()) {
      return;
    }
    Rows<Finished> rows = Rows.of(deliveries)
        .bigint(d -> d.row.webhook())
        .uuid(d -> d.row.id())
        .uuid(d -> d.row.event())
        .time(d -> d.row.created())
        .time(Finished::ended)
        .integer(Finished::attempts)
        .integer(d -> d.row.kind())
        .integer(Finished::http)
        .integer(Finished::ms)
        .time(Finished::at)
        .uuid(d -> d.row.retryOf())
        .key(d -> d.row.type())
        .text(d -> code(d.status))
        .text(d -> code(d.error))
        .bytes(Finished::excerpt);
    sql.insert(INSERT_FINISHED, rows);
  }

  static void insertAttempts(Sql sql, List<AttemptOutcome> outcomes) throws SQLException {
    if (outcomes.isEmpty()) {
      return;
    }
    Rows<AttemptOutcome> rows = Rows.of(outcomes)
        .bigint(o -> o.claim().ref().webhook())
        .uuid(o -> o.claim().ref().id())
        .integer(AttemptOutcome::number)
        .integer(AttemptOutcome::httpStatus)
        .integer(AttemptOutcome::durationMs)
        .time(AttemptOutcome::at)
        .text(o -> code(o.error()))
        .bytes(JdbcDeliveryLog::excerpt);
    sql.insert(INSERT_ATTEMPTS, rows);
  }

  static @Nullable String code(@Nullable DeliveryError error) {
    return error == null ? null : error.code();
  }

  private static String code(DeliveryStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private static byte @Nullable [] excerpt(AttemptOutcome outcome) {
    return outcome.excerpt().length == 0 ? null : outcome.excerpt();
  }

  record Ordered(int ordinal, AttemptOutcome outcome) {}

  /** A finished delivery: its former row in the queue, and its outcome. */
  record Finished(
      RemovedRow row,
      DeliveryStatus status,
      Instant ended,
      int attempts,
      @Nullable Integer http,
      @Nullable Integer ms,
      @Nullable Instant at,
      @Nullable DeliveryError error,
      byte @Nullable [] excerpt) {
    static Finished of(RemovedRow row, AttemptOutcome last, Instant now) {
      return new Finished(
          row,
          last.status(),
          now,
          last.number(),
          last.httpStatus(),
          last.durationMs(),
          last.at(),
          last.error(),
          JdbcDeliveryLog.excerpt(last));
    }

    /** Returns a delivery that ended without a request. */
    static Finished givenUp(RemovedRow row, DeliveryError why, Instant now) {
      return new Finished(
          row,
          DeliveryStatus.FAILED,
          now,
          row.attempts(),
          row.lastHttp(),
          row.lastMs(),
          row.lastAt(),
          why,
          null);
    }
  }

  // ---- reading

  @Override
  public List<Delivery> list(
      WebhookConfiguration webhook, DeliveryQuery filters, DeliveryLog.Section section) {
    return database.run(
        Dialect.Purpose.LOG, sql -> new LogQuery(webhook, filters).list(sql, section));
  }

  @Override
  public int count(WebhookConfiguration webhook, DeliveryQuery query) {
    return database.run(Dialect.Purpose.LOG, sql -> new LogQuery(webhook, query).count(sql));
  }

  @Override
  public Optional<LoggedDelivery> find(WebhookConfiguration webhook, UUID delivery) {
    return database.run(Dialect.Purpose.LOG, sql -> find(sql, webhook, delivery));
  }

  private static Optional<LoggedDelivery> find(Sql sql, WebhookConfiguration webhook, UUID id)
      throws SQLException {
    Optional<LogQuery.Found> found = LogQuery.find(sql, webhook, id);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Delivery delivery = found.get().delivery();
    byte[] body = sql.first(BODY, row -> row.bytes("body"), found.get().event()).orElse(null);
    List<Attempt> attempts = sql.list(ATTEMPTS, JdbcDeliveryLog::attempt, webhook.number(), id);
    if (attempts.size() < delivery.attempts()) {
      Object[] key = LogQuery.finishedKey(webhook, id).toArray();
      attempts.addAll(sql.list(LAST_ATTEMPT, JdbcDeliveryLog::attempt, key));
    }
    return Optional.of(new LoggedDelivery(delivery, body, attempts));
  }

  private static Attempt attempt(Row row) throws SQLException {
    return new Attempt(
        row.integer("number"),
        row.time("at"),
        row.integer("ms"),
        row.integerOrNull("http"),
        error(row.textOrNull("error")),
        Row.lenientText(row.bytesOrNull("excerpt")));
  }

  static @Nullable DeliveryError error(@Nullable String code) {
    return code == null ? null : DeliveryError.ofCode(code);
  }

  static @Nullable String publicId(@Nullable UUID delivery) {
    return delivery == null ? null : PublicId.DELIVERY.format(delivery);
  }
}
