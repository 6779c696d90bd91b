package dev.webhooks.examples.benchmark.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rates over the time of a run, and what was done to it in the meantime. */
public final class Timeline extends Panel {
  private static final int MOST_STEPS = 300;
  private static final int TICKS = 4;
  private static final int SECONDS_TICKS = 10;
  private static final double PLOT = 190;
  private static final double LABELS = 18;
  private static final double LEFT = 76;
  private static final double RIGHT = Chart.WIDTH - Chart.MARGIN;

  private final List<Series> series = new ArrayList<>();
  private final List<Mark> marks = new ArrayList<>();
  private final String title;
  private final String unit;
  private final double seconds;
  private final double step;

  /**
   * Begins without lines.
   *
   * @param unit of what happens in a second
   * @param seconds how long the run took
   */
  public Timeline(String title, String unit, double seconds) {
    this.title = title;
    this.unit = unit;
    this.seconds = Math.max(1, seconds);
    this.step = Math.max(1, Math.ceil(this.seconds / MOST_STEPS));
  }

  /** Adds what happened, by the seconds at which it did; the first such series is an area. */
  public void add(String name, double[] moments) {
    double[] rates = new double[(int) Math.ceil(seconds / step)];
    for (double moment : moments) {
      if (moment >= 0 && moment < seconds) {
        rates[(int) (moment / step)] += 1 / step;
      }
    }
    series.add(new Series(name, rates));
  }

  /** Marks a moment at which something was done to the run. */
  public void mark(double second, String what) {
    marks.add(new Mark(second, what));
  }

  @Override
  boolean isEmpty() {
    return series.isEmpty();
  }

  @Override
  double height() {
    return HEADING + LABELS + PLOT + 48;
  }

  @Override
  void draw(Svg svg, double top) {
    double upper = top + HEADING + LABELS;
    double lower = upper + PLOT;
    svg.text("heading", Chart.MARGIN, top + HEADING - 14, title);
    double most = series.stream().mapToDouble(Series::largest).max().orElse(1);
    double tick = round(Math.max(1, most) / TICKS);
    for (int number = 0; number <= TICKS; number++) {
      double y = lower - PLOT * number / TICKS;
      svg.line("grid", LEFT, y, RIGHT, y);
      svg.text("faint end", LEFT - 8, y + 4, shortText(number * tick));
    }
    double pause = round(seconds / SECONDS_TICKS);
    for (double second = 0; second <= seconds; second += pause) {
      svg.text("faint middle", x(second), lower + 18, shortText(second) + " s");
    }
    for (int number = 0; number < series.size(); number++) {
      plot(svg, series.get(number).rates, number == 0, lower, PLOT / (tick * TICKS));
    }
    drawMarks(svg, upper, lower);
    svg.text("faint", Chart.MARGIN, lower + 40, legend());
  }

  private double x(double second) {
    return LEFT + (RIGHT - LEFT) * second / seconds;
  }

  private void plot(Svg svg, double[] rates, boolean area, double lower, double scale) {
    StringBuilder points = new StringBuilder(area ? Svg.point('M', LEFT, lower) : "");
    for (int number = 0; number < rates.length; number++) {
      double y = lower - rates[number] * scale;
      points.append(Svg.point(points.isEmpty() ? 'M' : 'L', x(number * step), y));
      points.append(Svg.point('L', x(Math.min(seconds, (number + 1) * step)), y));
    }
    points.append(area ? Svg.point('L', RIGHT, lower) + "Z" : "");
    svg.path(area ? "area" : "trend", points.toString());
  }

  /** Every mark has its line; a label that would lie on the one before is left out. */
  private void drawMarks(Svg svg, double upper, double lower) {
    double free = LEFT;
    for (Mark mark : marks) {
      double x = x(mark.second);
      svg.line("mark", x, upper - 4, x, lower);
      double width = mark.what.length() * CHARACTER;
      double from = Math.min(x - 3, RIGHT - width);
      if (from >= free - 3) {
        svg.text("", from, upper - 9, mark.what);
        free = from + width + CHARACTER;
      }
    }
  }

  private String legend() {
    List<String> parts = new ArrayList<>();
    for (int number = 0; number < series.size(); number++) {
      parts.add((number == 0 ? "area: " : "line: ") + series.get(number).name + " " + unit);
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    marks.forEach(mark -> counts.merge(mark.what, 1, Integer::sum));
    counts.forEach(
        (what, count) -> parts.add("dashed: " + what + (count > 1 ? " × " + count : "")));
    return String.join("   ·   ", parts);
  }

  private record Series(String name, double[] rates) {
    double largest() {
      double largest = 0;
      for (double rate : rates) {
        largest = Math.max(largest, rate);
      }
      return largest;
    }
  }

  private record Mark(double second, String what) {}
}
