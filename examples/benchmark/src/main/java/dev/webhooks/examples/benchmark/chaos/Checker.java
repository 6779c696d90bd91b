package dev.webhooks.examples.benchmark.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares what the hosts committed with what arrived and with what the database says of it. */
final class Checker {
  /** Endpoint numbers are below this, so that one number stands for a delivery. */
  private static final long ENDPOINTS = 4_096;

  private final Stage stage;

  Checker(Stage stage) {
    this.stage = stage;
  }

  /** Looks at everything; call it when nothing is pending any more. */
  Findings check() throws Exception {
    Map<Long, Integer> orders = orders();
    Set<Long> expected = expected(orders);
    Map<Long, List<Arrival>> received = received();
    long lost =
        expected.stream().filter(delivery -> !received.containsKey(delivery)).count();
    long unexpected = received.keySet().stream()
        .filter(delivery -> !expected.contains(delivery))
        .count();
    long duplicates = 0;
    long overlapping = 0;
    for (List<Arrival> arrivals : received.values()) {
      duplicates += afterSuccess(arrivals);
      overlapping += arrivals.stream().map(Arrival::delivery).distinct().count() - 1;
    }
    LogBook log = LogBook.read(stage.cluster().members());
    return new Findings(
        orders.size(),
        expected.size(),
        stage.receiver().arrivals().size(),
        lost,
        unexpected,
        duplicates,
        overlapping,
        falseSuccesses(orders.keySet()),
        stage.cluster().count("refused"),
        stage.cluster().count("unknown"),
        finishedRows(expected.size()),
        stage.count(
            "select count(*) from (select webhook, event from webhooks_delivery where kind = 0"
                + " group by webhook, event having count(*) > 1) as twice"),
        statisticsOff(),
        OrphanDelays.measure(stage, received.values(), log),
        log,
        stage.endpoints().stream()
            .map(endpoint -> EndpointTimes.of(endpoint, received.values(), stage.receiver()))
            .toList());
  }

  private Map<Long, Integer> orders() throws SQLException {
    Map<Long, Integer> orders = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(stage.url());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select id, kind from orders")) {
      while (rows.next()) {
        orders.put(rows.getLong(1), rows.getInt(2));
      }
    }
    return orders;
  }

  private Set<Long> expected(Map<Long, Integer> orders) {
    Set<Long> expected = new HashSet<>();
    orders.forEach((order, kind) -> stage.endpoints().stream()
        .filter(endpoint -> endpoint.hears(kind))
        .forEach(endpoint -> expected.add(delivery(order, endpoint.number()))));
    return expected;
  }

  private Map<Long, List<Arrival>> received() {
    Map<Long, List<Arrival>> received = new HashMap<>();
    stage
        .receiver()
        .arrivals()
        .forEach(arrival -> received
            .computeIfAbsent(
                delivery(arrival.order(), arrival.endpoint()), delivery -> new ArrayList<>(1))
            .add(arrival));
    return received;
  }

  private static long delivery(long order, int endpoint) {
    return order * ENDPOINTS + endpoint;
  }

  /** Counts the requests that came although an earlier one had been answered with success. */
  private static long afterSuccess(List<Arrival> arrivals) {
    long after = 0;
    boolean succeeded = false;
    for (Arrival arrival : arrivals) {
      after += succeeded ? 1 : 0;
      succeeded |= arrival.succeeded();
    }
    return after;
  }

  /** Counts acknowledged orders that the database does not have. */
  private long falseSuccesses(Set<Long> orders) {
    return stage.cluster().members().stream()
        .flatMap(member -> member.outcomes().stream())
        .filter(outcome -> outcome.acknowledged() && !orders.contains(outcome.order()))
        .count();
  }

  /** Returns by how many the finished rows are too few (negative) or too many. */
  private long finishedRows(long expected) throws SQLException {
    return stage.count(
            "select count(*) from webhooks_delivery where kind = 0 and status = 'success'")
        - expected;
  }

  /** Returns by how many the counters differ from the rows they count. */
  private long statisticsOff() throws SQLException {
    return stage.count("select (select coalesce(sum(succeeded), 0) from webhooks_stat)"
        + " + (select coalesce(sum(succeeded), 0) from webhooks_stat_delta)"
        + " - (select count(*) from webhooks_delivery where kind = 0 and status = 'success')");
  }
}
