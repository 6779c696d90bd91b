package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Progress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** Writes rows that would take the library long to make. */
final class Seeds {
  /** The number of rows that one statement writes. */
  private static final int PORTION = 100_000;

  private Seeds() {}

  /**
   * Writes finished deliveries, spread over all webhooks, which appear all at once.
   *
   * @param rows how many in all
   * @param daysOld when they ended
   * @param withEvents whether each has its event with a body, too
   */
  static void finished(Stage stage, int rows, int daysOld, boolean withEvents) throws SQLException {
    TestDatabase server = stage.server();
    long webhooks = stage.count("select count(*) from webhooks_webhook");
    long least = stage.count("select min(number) from webhooks_webhook");
    long millis = Instant.now().minus(Duration.ofDays(daysOld)).toEpochMilli();
    String id = server.uuid(millis, "n");
    String time = server.daysAgo(daysOld);
    String deliveries = "insert into webhooks_delivery (webhook, id, event, created, ended,"
        + " attempts, kind, last_http, last_ms, last_at, type, status)"
        + " select " + least + " + mod(n, " + webhooks + "), " + id + ", " + id + ", " + time + ", "
        + time + ", 1, 0, 200, 5, " + time + ", 'order.kind-0', 'success' from ";
    String events = "insert into webhooks_event (id, account, fingerprint, type, body, deliveries,"
        + " created, keep_until)"
        + " select " + id + ", '" + Instance.ACCOUNT + "', " + server.bytes("00") + ", "
        + "'order.kind-0', " + server.bytes("7b7d".repeat(200)) + ", 1, " + time + ", " + time
        + " from ";
    Progress.Step step = stage.step("seeding", "finished deliveries", rows);
    stage.inTransaction(statement -> {
      for (int done = 0; done < rows; done += PORTION) {
        step.done(done);
        String numbers = server.numbers(done + 1, Math.min(rows, done + PORTION));
        statement.execute(deliveries + numbers);
        if (withEvents) {
          statement.execute(events + numbers);
        }
      }
    });
    step.end();
    stage.analyze();
  }
}
