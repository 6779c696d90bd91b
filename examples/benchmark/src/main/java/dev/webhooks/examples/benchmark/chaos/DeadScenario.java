package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;

/**
 * Half of a hundred endpoints refuse connections: pairs of draining the same queue for the healthy
 * ones, alone and with as many events for the dead ones among them.
 */
record DeadScenario() implements Scenario {
  private static final int HEALTHY = 50;
  private static final int PAIRS = 5;

  @Override
  public String name() {
    return "dead";
  }

  @Override
  public int usualSize() {
    return 30_000;
  }

  @Override
  public String unit() {
    return "deliveries to healthy endpoints";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    Ratios throughput = new Ratios();
    for (int pair = 1; pair <= PAIRS; pair++) {
      double without = drain(stage, "without_" + pair, size, 0);
      double with = drain(stage, "with_" + pair, size, HEALTHY);
      throughput.add(with, without);
      stage.report().fact("pair_" + pair + "_per_second_without", without);
      stage.report().fact("pair_" + pair + "_per_second_with", with);
    }
    throughput.reportSpread(stage.report(), "throughput_ratio");
    stage.report().atLeast("throughput_ratio", 0.9, throughput.median());
  }

  /** Returns how many deliveries a second reached the healthy endpoints. */
  private static double drain(Stage stage, String name, int size, int dead) throws Exception {
    try (Stage run = stage.another(name)) {
      run.subscribeQuick(HEALTHY);
      for (int number = 0; number < dead; number++) {
        run.subscribe(new Endpoint(HEALTHY + number, Behaviour.DEAD, HEALTHY + number));
      }
      run.kinds(1);
      run.queue(dead == 0 ? size : size * 2, 0, HEALTHY + dead);
      run.start("a");
      return Draining.measure(run, size, Duration.ofMinutes(5));
    }
  }
}
