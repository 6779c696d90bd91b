package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Endpoints that never answer, each with a long queue, beside a hundred healthy ones at a steady
 * rate: pairs of the same time without and with them.
 */
record NeighboursScenario() implements Scenario {
  private static final int HEALTHY = 100;
  private static final int RATE = 100;
  private static final int PAIRS = 5;
  private static final int MOST_IN_FLIGHT = 8;
  /** The time to wait for deliveries that are late. */
  private static final Duration LATEST = Duration.ofMinutes(2);

  private static final Duration WINDOW = Duration.ofSeconds(20);

  @Override
  public String name() {
    return "neighbours";
  }

  @Override
  public int usualSize() {
    return 10_000;
  }

  @Override
  public String unit() {
    return "queued deliveries for each hanging endpoint";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeQuick(HEALTHY);
    stage.load(RATE);
    stage.start("a");
    stage.run("warming up", Duration.ofSeconds(15));
    compare(stage, size, 1, 1.5);
    compare(stage, size, 30, 2);
    int worst = 0;
    for (Endpoint endpoint : stage.endpoints()) {
      if (endpoint.behaviour() == Behaviour.HANG) {
        worst = Math.max(worst, stage.receiver().mostOpen(endpoint.number()));
      }
    }
    stage.report().atMost("most_in_flight_to_one", MOST_IN_FLIGHT, worst);
    stage.load(0);
  }

  private void compare(Stage stage, int size, int hanging, double bar) throws Exception {
    Ratios p99 = new Ratios();
    long late = 0;
    String name = "hanging_" + hanging;
    for (int pair = 1; pair <= PAIRS; pair++) {
      Period calm = measure(stage, "without, pair " + pair);
      stage.mark(hanging + (hanging == 1 ? " hangs" : " hang"));
      List<String> webhooks = hang(stage, hanging, size);
      Period disturbed = measure(stage, hanging + " hang, pair " + pair);
      letGo(stage, webhooks);
      late += calm.awaitArrivals(LATEST, NeighboursScenario::healthy);
      late += disturbed.awaitArrivals(LATEST, NeighboursScenario::healthy);
      Latencies without = calm.latencies(life -> life > 0, NeighboursScenario::healthy);
      Latencies with = disturbed.latencies(life -> life > 0, NeighboursScenario::healthy);
      p99.add(with.p99(), without.p99());
      stage.report().fact(name + "_pair_" + pair + "_p99_without_ms", without.p99());
      stage.report().fact(name + "_pair_" + pair + "_p99_with_ms", with.p99());
    }
    p99.reportSpread(stage.report(), name + "_p99_ratio");
    stage.report().atMost(name + "_p99_ratio", bar, p99.median());
    stage.report().exactly(name + "_never_arrived", 0, late);
  }

  private static Period measure(Stage stage, String what) throws Exception {
    stage.rest();
    Period period = Period.from(stage, System.nanoTime());
    stage.run(what, WINDOW);
    return period.until(System.nanoTime());
  }

  private static boolean healthy(int endpoint) {
    return endpoint < HEALTHY;
  }

  /** Makes new hanging endpoints, fills their queues, and waits until all are being tried. */
  private static List<String> hang(Stage stage, int hanging, int size) throws Exception {
    int kind = stage.endpoints().size();
    List<String> webhooks = new ArrayList<>();
    List<Endpoint> endpoints = new ArrayList<>();
    for (int number = 0; number < hanging; number++) {
      Endpoint endpoint = new Endpoint(kind + number, Behaviour.HANG, kind);
      endpoints.add(endpoint);
      webhooks.add(stage.subscribe(endpoint));
    }
    stage.queue(size, kind, 1);
    Patience.until(
        Duration.ofSeconds(20),
        () ->
            endpoints.stream().allMatch(endpoint -> stage.receiver().open(endpoint.number()) > 0));
    return webhooks;
  }

  /** Deletes hanging endpoints, and waits until nothing is left of them. */
  private static void letGo(Stage stage, List<String> webhooks) throws Exception {
    stage.mark("gone");
    webhooks.forEach(stage.account()::delete);
    Patience.until(
        Duration.ofSeconds(45),
        () -> stage.endpoints().stream()
            .allMatch(endpoint -> stage.receiver().open(endpoint.number()) == 0));
    long all = stage.pending();
    Progress.Step step = stage.step("letting go", "pending deliveries", all);
    Patience.until(LATEST, () -> {
      long left = stage.pending();
      step.done(Math.max(0, all - left));
      return left <= HEALTHY;
    });
  }
}
