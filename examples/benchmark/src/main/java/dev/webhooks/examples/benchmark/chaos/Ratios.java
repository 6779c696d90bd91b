package dev.webhooks.examples.benchmark.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The outcomes of several pairs of runs, each "with" divided by "without". */
final class Ratios {
  private final List<Double> values = new ArrayList<>();

  void add(double with, double without) {
    values.add(without == 0 ? Double.POSITIVE_INFINITY : with / without);
  }

  double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  double smallest() {
    return Collections.min(values);
  }

  double largest() {
    return Collections.max(values);
  }

  /** Reports the spread, which has no bar. */
  void reportSpread(Report report, String name) {
    report.fact(name + "_smallest", smallest());
    report.fact(name + "_largest", largest());
  }
}
