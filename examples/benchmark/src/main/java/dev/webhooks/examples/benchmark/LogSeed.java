package dev.webhooks.examples.benchmark;

import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Fills the tables with the log of 30 days, past the library, since sending millions of requests
 * takes hours. What is uneven in life is so here: one webhook has half of all deliveries, one has
 * been failing since its first days, 2 % of the rest failed and half of these were retried, one day
 * failed as a whole and was recovered, one type of event is rare, and the most frequent one never
 * goes to the largest webhook. A hundred webhooks have as many pending deliveries as are counted.
 */
final class LogSeed {
  static final String ACCOUNT = "acme";
  static final String RARE = "event.rare";
  static final String COMMON = "event.number-1";
  /** The most frequent type, which the largest webhook never gets. */
  static final String ELSEWHERE = "event.number-0";

  private static final int OTHERS = 1_000;
  private static final int BACKLOGS = 100;
  private static final int DAYS = 30;
  private static final int COMMIT = 20_000;
  private static final byte[] BODY = new byte[64];
  private static final byte[] FINGERPRINT = Fingerprint.of("seed").build().bytes();

  private final DataSource database;
  private final boolean h2;
  private final int deliveries;
  private final Progress progress;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final Instant start = now.minus(Duration.ofDays(DAYS));
  private final IdGenerator ids = new IdGenerator(new Random(1));
  private final List<WebhookConfiguration> others = new ArrayList<>();
  private final WebhookStore store;
  private WebhookConfiguration failing;
  private WebhookConfiguration largest;
  private UUID sample;

  LogSeed(WebhookStore store, DataSource database, boolean h2, int deliveries, Progress progress) {
    this.store = store;
    this.database = database;
    this.h2 = h2;
    this.deliveries = deliveries;
    this.progress = progress;
  }

  Instant now() {
    return now;
  }

  /** Has half of all deliveries. */
  WebhookConfiguration largest() {
    return largest;
  }

  /** Has failed for most of the time, lately without an exception. */
  WebhookConfiguration failing() {
    return failing;
  }

  /** One of the thousand others. */
  WebhookConfiguration small() {
    return others.get(17);
  }

  /** A finished delivery of the largest webhook. */
  UUID sample() {
    return sample;
  }

  /** Returns the number of webhooks of the account. */
  int webhooks() {
    return OTHERS + 2;
  }

  /** Returns the number of deliveries that wait for each of the webhooks of {@link #backlogged}. */
  int backlog() {
    return Math.min(10_500, deliveries / 400);
  }

  /** Webhooks with many pending deliveries, the largest among them. */
  List<WebhookConfiguration> backlogged() {
    List<WebhookConfiguration> newest =
        new ArrayList<>(others.subList(OTHERS - BACKLOGS + 2, OTHERS));
    newest.add(failing);
    newest.add(largest);
    return newest;
  }

  /** Fills the tables. */
  void run() throws SQLException {
    for (int i = 0; i < OTHERS; i++) {
      others.add(insertWebhook(ACCOUNT, i));
      insertWebhook("other-" + i % 10, i);
    }
    failing = insertWebhook(ACCOUNT, OTHERS);
    largest = insertWebhook(ACCOUNT, OTHERS + 1);
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      finished(connection);
      pending(connection);
      rest(connection);
    }
    progress.say("  statistics");
    refreshStatistics();
  }

  private WebhookConfiguration insertWebhook(String account, int i) {
    byte[] secret = FINGERPRINT;
    WebhookStatus status = i % 10 == 0 ? WebhookStatus.PAUSED : WebhookStatus.ACTIVE;
    UUID id = ids.next(start);
    String url = "https://acme.example/" + i;
    WebhookConfiguration configuration = WebhookConfiguration.of(id, account)
        .url(url)
        .headers(secret)
        .secret(secret)
        .status(status)
        .build();
    List<String> events = List.of(i % 50 == 0 ? RARE : "event.*", "order.number-" + i);
    WebhookRow row = new WebhookRow(configuration, null, events, start, start);
    store.transact(session -> session.insertWebhook(row));
    return store.transact(
        session -> session.findWebhook(account, id).orElseThrow().configuration());
  }

  private void finished(Connection connection) throws SQLException {
    Progress.Step step = progress.step("finished deliveries", "rows", deliveries);
    try (SeedRows event = new SeedRows(
            connection,
            h2,
            "event",
            "id, account, fingerprint, type, body, deliveries, created, keep_until");
        SeedRows delivery = new SeedRows(
            connection,
            h2,
            "delivery",
            "webhook, id, event, created, ended, attempts, kind, last_http, last_ms, last_at, "
                + "retried_by, type, status, error, excerpt");
        SeedRows attempt =
            new SeedRows(connection, h2, "attempt", "webhook, delivery, number, http, ms, at")) {
      UUID eventId = null;
      for (int i = 0; i < deliveries; i++) {
        Instant created = start.plusMillis(Duration.ofDays(DAYS).toMillis() * i / deliveries);
        Finished row = finished(i, created);
        if (i % 2 == 0) {
          eventId = ids.next(created);
          event(event, eventId, row.type, created);
        }
        UUID id = ids.next(created);
        delivery.add(
            row.webhook.number(),
            id,
            eventId,
            created,
            created.plusMillis(80),
            row.failed() ? 10 : 1,
            0,
            row.failed() ? 500 : 200,
            80,
            created.plusMillis(80),
            row.retried() ? id : null,
            SeedRows.key(row.type),
            row.status,
            row.failed() ? "http_status" : null,
            BODY);
        if (row.failed()) {
          attempt.add(row.webhook.number(), id, 1, 500, 80, created);
        } else if (row.webhook.equals(largest)) {
          sample = id;
        }
        if ((i + 1) % COMMIT == 0) {
          flush(connection, event, delivery, attempt);
          step.done(i + 1);
        }
      }
      flush(connection, event, delivery, attempt);
      step.end();
    }
  }

  /** Decides about a delivery; two that follow each other have the same event. */
  private Finished finished(int i, Instant created) {
    int hash = hash(i);
    int pair = hash(i / 2);
    int place = i % 100;
    if (place < 50) {
      boolean outage = Duration.between(created, now).toDays() == 10;
      String status = outage ? "retried" : usualStatus(hash);
      return new Finished(largest, pair % 10_000 == 0 ? RARE : type(1 + pair % 8), status);
    }
    if (place < 52) {
      String status = i < deliveries / 10 ? "success" : "failed";
      return new Finished(failing, type(pair % 9), status);
    }
    WebhookConfiguration webhook = others.get((i / 100 * 48 + place - 52) % OTHERS);
    boolean frequent = pair % 10 < 7;
    return new Finished(webhook, type(frequent ? 0 : 1 + pair % 8), usualStatus(hash));
  }

  private static String usualStatus(int hash) {
    if (hash % 50 != 0) {
      return "success";
    }
    return hash / 50 % 2 == 0 ? "retried" : "failed";
  }

  private static String type(int number) {
    return "event.number-" + number;
  }

  /** Spreads numbers evenly, and the same way in each run. */
  private static int hash(int i) {
    int hash = i * 0x9E3779B1;
    hash = (hash ^ hash >>> 15) * 0x85EBCA6B;
    return (hash ^ hash >>> 13) & Integer.MAX_VALUE;
  }

  private static void event(SeedRows rows, UUID id, String type, Instant created)
      throws SQLException {
    rows.add(
        id,
        SeedRows.key(ACCOUNT),
        FINGERPRINT,
        SeedRows.key(type),
        BODY,
        2,
        created,
        created.plus(Duration.ofDays(DAYS)));
  }

  private void pending(Connection connection) throws SQLException {
    int rows = backlog() * BACKLOGS;
    Progress.Step step = progress.step("pending deliveries", "rows", rows);
    UUID event = ids.next(now);
    try (SeedRows events = new SeedRows(
            connection,
            h2,
            "event",
            "id, account, fingerprint, type, body, deliveries, created, keep_until");
        SeedRows queue =
            new SeedRows(connection, h2, "queue", "webhook, id, event, created, due, size, type")) {
      event(events, event, COMMON, now);
      int done = 0;
      for (int i = 0; i < backlog(); i++) {
        Instant created = now.minusSeconds(3_600).plusMillis(i);
        for (WebhookConfiguration webhook : backlogged()) {
          String type = i % 5_000 == 0 ? RARE : COMMON;
          UUID id = ids.next(created);
          queue.add(webhook.number(), id, event, created, created, BODY.length, SeedRows.key(type));
          if (++done % COMMIT == 0) {
            flush(connection, events, queue);
            step.done(done);
          }
        }
      }
      flush(connection, events, queue);
      step.end();
    }
  }

  /** Folded counters, and idempotency keys whose time is over. */
  private void rest(Connection connection) throws SQLException {
    try (SeedRows stat =
            new SeedRows(connection, h2, "stat", "webhook, succeeded, failed, consecutive");
        SeedRows key = new SeedRows(
            connection,
            h2,
            "idempotency",
            "account, request_key, token, fingerprint, answer, created")) {
      for (WebhookConfiguration webhook : others) {
        stat.add(webhook.number(), 1_000, 20, 0);
      }
      Instant created = now.minus(Duration.ofDays(2));
      for (int i = 0; i < Math.min(100_000, deliveries / 10); i++) {
        key.add(
            SeedRows.key(ACCOUNT),
            SeedRows.key("key-" + i),
            ids.next(created),
            FINGERPRINT,
            BODY,
            created);
      }
      flush(connection, stat, key);
    }
  }

  private static void flush(Connection connection, SeedRows... tables) throws SQLException {
    for (SeedRows table : tables) {
      table.flush();
    }
    connection.commit();
  }

  /**
   * Does what autovacuum does in the course of 30 days. H2 needs nothing of the kind, but would
   * answer a question that is asked again from memory.
   */
  private void refreshStatistics() throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(h2 ? "set optimize_reuse_results 0" : "vacuum analyze");
    }
  }

  private record Finished(WebhookConfiguration webhook, String type, String status) {
    boolean failed() {
      return !status.equals("success");
    }

    boolean retried() {
      return status.equals("retried");
    }
  }
}
