package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/**
 * A stretch of a scenario: what was published in it counts, whenever it arrived.
 *
 * @param stage where it was played
 * @param began its begin by the monotonic clock
 * @param ended its end, not included
 */
record Period(Stage stage, long began, long ended) {
  static Period from(Stage stage, long began) {
    return new Period(stage, began, Long.MAX_VALUE);
  }

  Period until(long end) {
    return new Period(stage, began, end);
  }

  boolean contains(long moment) {
    return moment >= began && moment < ended;
  }

  /**
   * Returns how long it took from the begin of publishing to the first arrival, for the deliveries
   * of some publishers.
   *
   * @param lives which lives' orders count
   */
  Latencies latencies(IntPredicate lives) {
    return latencies(lives, endpoint -> true);
  }

  Latencies latencies(IntPredicate lives, IntPredicate endpoints) {
    Set<Long> seen = new HashSet<>();
    List<Long> times = new ArrayList<>();
    stage.receiver().arrivals().forEach(arrival -> {
      if (contains(arrival.publishedAt())
          && endpoints.test(arrival.endpoint())
          && lives.test(InstanceOptions.lifeOf(arrival.order()))
          && seen.add(arrival.delivery())) {
        times.add(arrival.at() - arrival.publishedAt());
      }
    });
    return Latencies.ofNanos(times.stream().mapToLong(Long::longValue).toArray());
  }

  /**
   * Waits until every order that was placed in this time has arrived at one of some endpoints;
   * returns how many have not. Without that, those that are late would not count as slow.
   */
  long awaitArrivals(Duration longest, IntPredicate endpoints) throws Exception {
    Set<Long> orders = stage.cluster().members().stream()
        .flatMap(member -> member.outcomes().stream())
        .filter(outcome -> outcome.acknowledged() && contains(outcome.beganAt()))
        .map(Outcome::order)
        .collect(Collectors.toCollection(HashSet::new));
    int all = orders.size();
    Progress.Step step = stage.step("waiting for those that are late", "orders", all);
    boolean unused = Patience.until(longest, () -> {
      step.done(all - orders.size());
      stage.receiver().arrivals().forEach(arrival -> {
        if (endpoints.test(arrival.endpoint())) {
          orders.remove(arrival.order());
        }
      });
      return orders.isEmpty();
    });
    return orders.size();
  }

  /** Returns how long the hosts' transactions took that were acknowledged in this time. */
  Latencies commits() {
    return Latencies.ofNanos(stage.cluster().members().stream()
        .flatMap(member -> member.outcomes().stream())
        .filter(outcome -> outcome.acknowledged() && contains(outcome.at()))
        .mapToLong(Outcome::nanos)
        .toArray());
  }
}
