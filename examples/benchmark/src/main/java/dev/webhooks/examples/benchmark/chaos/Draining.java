package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Progress;
import java.time.Duration;

/** Measures how fast a queue is worked off. */
final class Draining {
  /** Which part of the deliveries is left out of the measure: those that warm the JVM up. */
  private static final double WARM_UP = 0.3;

  private Draining() {}

  /**
   * Waits for so many arrivals and returns how many came in a second, once the first of them had
   * warmed the instance up.
   */
  static double measure(Stage stage, int deliveries, Duration longest) throws Exception {
    Arrivals arrivals = stage.receiver().arrivals();
    Progress.Step step = stage.step("draining", "deliveries", deliveries);
    Patience.require("the arrival of " + deliveries + " deliveries", longest, () -> {
      step.done(Math.min(deliveries, arrivals.size()));
      return arrivals.size() >= deliveries;
    });
    int first = (int) (deliveries * WARM_UP);
    double seconds = (arrivals.get(deliveries - 1).at() - arrivals.get(first).at()) / 1e9;
    return (deliveries - 1 - first) / seconds;
  }
}
