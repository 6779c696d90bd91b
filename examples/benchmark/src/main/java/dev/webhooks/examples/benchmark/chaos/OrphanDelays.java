package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The times from the kill of a publisher to the arrival of its deliveries from somebody else.
 *
 * <p>A delivery counts among those orphaned twice if an instance that may have taken it over was
 * killed too before it arrived.
 *
 * @param once those orphaned once
 * @param twice those that may have been orphaned twice
 */
record OrphanDelays(Latencies once, Latencies twice) {
  /** The earliest moment after a kill at which others may take over. */
  private static final long EARLIEST_TAKEOVER = Duration.ofSeconds(10).toNanos();

  static OrphanDelays measure(Stage stage, Collection<List<Arrival>> deliveries, LogBook log) {
    List<String> senders = stage.receiver().arrivals().senders();
    List<Member> killed =
        stage.cluster().members().stream().filter(Member::wasKilled).toList();
    Map<Member, Long> buriedAt = new HashMap<>();
    for (LogBook.Burial burial : log.burials()) {
      if (burial.dead() != null) {
        buriedAt.putIfAbsent(burial.dead(), stage.moments().nanos(burial.at()));
      }
    }
    List<Long> once = new ArrayList<>();
    List<Long> twice = new ArrayList<>();
    for (List<Arrival> arrivals : deliveries) {
      Arrival first = arrivals.get(0);
      Member publisher = stage
          .cluster()
          .life(InstanceOptions.lifeOf(first.order()))
          .filter(Member::wasKilled)
          .orElse(null);
      boolean bySomebodyElse = publisher != null
          && InstanceOptions.lifeOf(senders.get(first.sender())) != publisher.life();
      if (bySomebodyElse && first.at() > publisher.killedAt()) {
        long takenOver = buriedAt.getOrDefault(publisher, publisher.killedAt() + EARLIEST_TAKEOVER);
        boolean again = killed.stream()
            .anyMatch(other -> other.killedAt() > takenOver && other.killedAt() < first.at());
        (again ? twice : once).add(first.at() - publisher.killedAt());
      }
    }
    return new OrphanDelays(latencies(once), latencies(twice));
  }

  private static Latencies latencies(List<Long> nanos) {
    return Latencies.ofNanos(nanos.stream().mapToLong(Long::longValue).toArray());
  }

  void report(Report report, double barSeconds) {
    report.fact("orphans", once.count());
    report.fact("orphan_delay_median_seconds", once.median() / 1_000);
    report.atMost("orphan_delay_max_seconds", barSeconds, once.max() / 1_000);
    report.fact("orphans_twice", twice.count());
    report.fact("orphan_twice_delay_max_seconds", twice.max() / 1_000);
  }
}
