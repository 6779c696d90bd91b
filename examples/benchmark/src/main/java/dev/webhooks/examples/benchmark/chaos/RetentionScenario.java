package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;

/** Old finished deliveries are deleted while a host publishes: pairs of times without and with. */
record RetentionScenario() implements Scenario {
  private static final int RATE = 100;
  private static final int PAIRS = 5;
  private static final int DAYS_OLD = 60;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration WINDOW = Duration.ofSeconds(30);
  private static final Duration LONGEST_CLOSE = Duration.ofMinutes(1);

  @Override
  public String name() {
    return "retention";
  }

  @Override
  public int usualSize() {
    return 1_000_000;
  }

  @Override
  public String unit() {
    return "expired deliveries";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    Ratios p99 = new Ratios();
    for (int pair = 1; pair <= PAIRS; pair++) {
      try (Stage run = stage.another("pair_" + pair)) {
        run.subscribeQuick(8);
        run.load(RATE);
        Member first = run.start("a").get(0);
        run.run("warming up", WARM_UP);
        Latencies without = measure(run, "nothing to delete");
        first.terminate(LONGEST_CLOSE);
        Seeds.finished(run, size, DAYS_OLD, true);
        long before = expired(run);
        // One that runs already looks for old rows once an hour.
        run.start("b");
        run.run("warming up", WARM_UP);
        Latencies with = measure(run, "deleting");
        long deleted = before - expired(run);
        p99.add(with.p99(), without.p99());
        run.report().fact("pair_" + pair + "_p99_without_ms", without.p99());
        run.report().fact("pair_" + pair + "_p99_with_ms", with.p99());
        // Otherwise nothing was tried.
        run.report().atLeast("pair_" + pair + "_deleted", 1, deleted);
        run.load(0);
      }
    }
    p99.reportSpread(stage.report(), "p99_ratio");
    stage.report().atMost("p99_ratio", 2, p99.median());
  }

  private static long expired(Stage stage) throws Exception {
    return stage.count("select count(*) from webhooks_delivery where ended < "
        + stage.server().daysAgo(DAYS_OLD - 1));
  }

  private static Latencies measure(Stage stage, String what) throws Exception {
    Period period = Period.from(stage, System.nanoTime());
    stage.run(what, WINDOW);
    return period.until(System.nanoTime()).commits();
  }
}
