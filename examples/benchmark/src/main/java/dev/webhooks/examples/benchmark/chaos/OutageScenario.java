package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Kills the database server under load and brings it back on its data after a while. */
record OutageScenario() implements Scenario {
  private static final int RATE = 30;
  private static final int INSTANCES = 3;
  private static final int SECONDS_AFTER = 20;

  @Override
  public String name() {
    return "outage";
  }

  @Override
  public int usualSize() {
    return 60;
  }

  @Override
  public String unit() {
    return "seconds";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeTheUsual();
    stage.load(RATE);
    stage.start("a", "b", "c");
    stage.run("warming up", Duration.ofSeconds(5));
    long diedAt = System.nanoTime();
    stage.mark("database killed");
    stage.server().kill();
    stage.run("the database is away", Duration.ofSeconds(size));
    long arrivedBefore = stage.receiver().arrivals().size();
    stage.server().restart();
    stage.mark("back");
    long backAt = System.nanoTime();
    stage.run("the database is back", Duration.ofSeconds(SECONDS_AFTER));
    stage.drain(Duration.ofMinutes(2));

    Findings findings = new Checker(stage).check();
    Report report = stage.report();
    findings.reportPromises(report);
    report.fact("duplicates", findings.duplicates());
    AtomicLong firstAt = new AtomicLong(Long.MAX_VALUE);
    stage.receiver().arrivals().forEach((int) arrivedBefore, arrival -> {
      if (arrival.at() >= backAt) {
        firstAt.accumulateAndGet(arrival.at(), Math::min);
      }
    });
    report.atMost("first_arrival_after_seconds", 10, (firstAt.get() - backAt) / 1e9);
    reportLog(stage, findings.log(), diedAt, backAt + Duration.ofSeconds(10).toNanos());
  }

  /** On the average over the outage: the first failure of each loop comes in its first second. */
  private static void reportLog(Stage stage, LogBook log, long from, long to) {
    List<LogBook.Entry> during = log.troubles().stream()
        .filter(entry ->
            stage.moments().nanos(entry.at()) >= from && stage.moments().nanos(entry.at()) <= to)
        .toList();
    double seconds = (to - from) / 1e9;
    stage
        .report()
        .atMost("log_lines_per_second_and_instance", 1, during.size() / seconds / INSTANCES);
    stage
        .report()
        .exactly("taken_over_from_the_living", 0, log.takeoversFromTheLiving(stage.moments()));
  }
}
