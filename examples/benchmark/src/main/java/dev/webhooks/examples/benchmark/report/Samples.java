package dev.webhooks.examples.benchmark.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The figures of the runs of one measurement, in their order. */
public final class Samples {
  private final List<Double> values = new ArrayList<>();

  /** Returns what was measured once. */
  public static Samples of(double value) {
    Samples samples = new Samples();
    samples.add(value);
    return samples;
  }

  public void add(double value) {
    values.add(value);
  }

  public List<Double> values() {
    return Collections.unmodifiableList(values);
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public double median() {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  public double smallest() {
    return Collections.min(values);
  }

  public double largest() {
    return Collections.max(values);
  }

  /** Returns these divided by others, run by run: what disturbed both of a run cancels out. */
  public Samples dividedBy(Samples others) {
    Samples ratios = new Samples();
    for (int run = 0; run < Math.min(values.size(), others.values.size()); run++) {
      ratios.add(values.get(run) / others.values.get(run));
    }
    return ratios;
  }
}
