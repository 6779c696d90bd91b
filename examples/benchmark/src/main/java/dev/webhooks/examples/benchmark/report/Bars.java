package dev.webhooks.examples.benchmark.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Figures of one unit as horizontal bars from 0: the median, a whisker from the smallest to the
 * largest, and a line where the limit is.
 */
public final class Bars extends Panel {
  private static final String OURS = "ours";
  private static final int MOST_TICKS = 5;
  private static final double ROW = 24;
  private static final double THICK = 14;
  private static final double LEFT = 300;
  private static final double RIGHT = 700;
  private static final double VALUES = 716;
  private static final double LIMITS = 910;

  private final List<Row> rows = new ArrayList<>();
  private final String title;
  private final String unit;

  /** Begins without rows. */
  public Bars(String title, String unit) {
    this.title = title;
    this.unit = unit;
  }

  /** Adds a figure, and what it has to be if there is such a thing. */
  public void add(String label, Samples samples, Optional<Bar> limit) {
    rows.add(new Row(label, samples, limit));
  }

  @Override
  boolean isEmpty() {
    return rows.isEmpty();
  }

  @Override
  double height() {
    return HEADING + rows.size() * ROW + ROW;
  }

  @Override
  void draw(Svg svg, double top) {
    svg.text("heading", Chart.MARGIN, top + HEADING - 14, title);
    double most = Math.max(1e-6, rows.stream().mapToDouble(Row::end).max().orElse(1));
    double step = round(most / MOST_TICKS);
    int ticks = (int) Math.ceil(most / step);
    double scale = (RIGHT - LEFT) / (step * ticks);
    double bottom = top + HEADING + rows.size() * ROW;
    for (int tick = 0; tick <= ticks; tick++) {
      double x = LEFT + tick * step * scale;
      svg.line("grid", x, top + HEADING - 4, x, bottom);
      svg.text("faint middle", x, bottom + 16, shortText(tick * step));
    }
    svg.text("faint end", LEFT - 10, bottom + 16, unit);
    boolean ours = rows.stream().anyMatch(row -> row.label.startsWith(OURS));
    for (int number = 0; number < rows.size(); number++) {
      rows.get(number).draw(svg, top + HEADING + number * ROW, scale, ours);
    }
  }

  private record Row(String label, Samples samples, Optional<Bar> limit) {
    double end() {
      return Math.max(finite(samples.largest()), limit.map(Bar::value).orElse(0.0));
    }

    boolean missed() {
      return limit.isPresent() && !limit.get().isMetBy(samples.median());
    }

    /** A bar neither begins left of 0 nor ends beyond everything; the number tells the truth. */
    private static double finite(double value) {
      return Double.isFinite(value) ? Math.max(0, value) : 0;
    }

    void draw(Svg svg, double top, double scale, boolean ours) {
      double middle = top + ROW / 2;
      String look = missed() ? "bad" : ours && !label.startsWith(OURS) ? "other" : "bar";
      svg.text("end", LEFT - 10, middle + 4, label);
      double width = scale * finite(samples.median());
      svg.rectangle(look, LEFT, middle - THICK / 2, width, THICK);
      String value = text(samples.median());
      if (samples.values().size() > 1) {
        double from = LEFT + scale * finite(samples.smallest());
        double to = LEFT + scale * finite(samples.largest());
        svg.line("spread", from, middle, to, middle);
        svg.line("spread", from, middle - 4, from, middle + 4);
        svg.line("spread", to, middle - 4, to, middle + 4);
        value += "  (" + text(samples.smallest()) + " to " + text(samples.largest()) + ")";
      }
      svg.text("", VALUES, middle + 4, value);
      limit.ifPresent(bar -> {
        double x = LEFT + scale * finite(bar.value());
        svg.line("limit", x, top + 1, x, top + ROW - 1);
        String verdict = missed() ? "missed" : "met";
        svg.text(missed() ? "missed" : "faint", LIMITS, middle + 4, bar + "  " + verdict);
      });
    }
  }
}
