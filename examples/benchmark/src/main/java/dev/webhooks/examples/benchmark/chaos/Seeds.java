package dev.webhooks.examples.benchmark.chaos;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** Writes rows that would take the library long to make. */
final class Seeds {
  private Seeds() {}

  /**
   * Writes finished deliveries, spread over all webhooks.
   *
   * @param rows how many in all
   * @param daysOld when they ended
   * @param withEvents whether each has its event with a body, too
   */
  static void finished(Stage stage, int rows, int daysOld, boolean withEvents) throws SQLException {
    TestDatabase server = stage.server();
    long webhooks = stage.count("select count(*) from webhooks_webhook");
    long first = stage.count("select min(no) from webhooks_webhook");
    long millis = Instant.now().minus(Duration.ofDays(daysOld)).toEpochMilli();
    String id = server.uuid(millis, "n");
    String time = server.daysAgo(daysOld);
    stage.execute("insert into webhooks_delivery (webhook, id, event, created, ended, attempts,"
        + " kind, last_http, last_ms, last_at, type, status)"
        + " select " + first + " + mod(n, " + webhooks + "), " + id + ", " + id + ", " + time + ", "
        + time + ", 1, 0, 200, 5, " + time + ", 'order.kind-0', 'success'"
        + " from " + server.numbers(rows));
    if (withEvents) {
      stage.execute("insert into webhooks_event (id, account, fingerprint, type, body, deliveries,"
          + " created, keep_until)"
          + " select " + id + ", '" + Instance.ACCOUNT + "', " + server.bytes("00") + ", "
          + "'order.kind-0', " + server.bytes("7b7d".repeat(200)) + ", 1, " + time + ", " + time
          + " from " + server.numbers(rows));
    }
    stage.analyze();
  }
}
