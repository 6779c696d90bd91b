package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Timeline;
import java.util.ArrayList;
import java.util.List;

/** The events on a stage and their times, to be drawn over what arrived in the meantime. */
final class Recording {
  private final List<Mark> marks = new ArrayList<>();
  private final long began = System.nanoTime();

  /** Notes that something is done now. */
  void mark(String what) {
    marks.add(new Mark(seconds(System.nanoTime()), what));
  }

  /** Returns requests and orders by the second, from the begin until now. */
  Timeline timeline(Stage stage) {
    Timeline timeline = new Timeline("Over the run", "a second", seconds(System.nanoTime()));
    List<Double> arrivals = new ArrayList<>();
    stage.receiver().arrivals().forEach(arrival -> arrivals.add(seconds(arrival.at())));
    timeline.add("requests that arrived", numbers(arrivals));
    List<Double> orders = stage.cluster().members().stream()
        .flatMap(member -> member.outcomes().stream())
        .filter(Outcome::acknowledged)
        .map(outcome -> seconds(outcome.at()))
        .toList();
    if (!orders.isEmpty()) {
      timeline.add("orders committed", numbers(orders));
    }
    marks.forEach(mark -> timeline.mark(mark.second, mark.what));
    return timeline;
  }

  private double seconds(long moment) {
    return (moment - began) / 1e9;
  }

  private static double[] numbers(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private record Mark(double second, String what) {}
}
