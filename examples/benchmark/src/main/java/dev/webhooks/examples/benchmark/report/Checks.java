package dev.webhooks.examples.benchmark.report;

import java.util.ArrayList;
import java.util.List;

/** Promises that are kept or broken, with nothing between to draw. */
public final class Checks extends Panel {
  private static final int COLUMNS = 3;
  private static final double ROW = 22;

  private final List<Check> checks = new ArrayList<>();
  private final String title;

  /** Begins without any. */
  public Checks(String title) {
    this.title = title;
  }

  /** Adds what was promised, with what was found, and whether it is as promised. */
  public void add(String text, boolean kept) {
    checks.add(new Check(text, kept));
  }

  @Override
  boolean isEmpty() {
    return checks.isEmpty();
  }

  @Override
  double height() {
    return HEADING + rows() * ROW;
  }

  private int rows() {
    return (checks.size() + COLUMNS - 1) / COLUMNS;
  }

  @Override
  void draw(Svg svg, double top) {
    svg.text("heading", Chart.MARGIN, top + HEADING - 14, title);
    double width = (Chart.WIDTH - 2 * Chart.MARGIN) / COLUMNS;
    for (int number = 0; number < checks.size(); number++) {
      Check check = checks.get(number);
      int column = number / rows();
      double x = Chart.MARGIN + column * width;
      double y = top + HEADING + number % rows() * ROW;
      svg.rectangle(check.kept ? "bar" : "bad", x, y + 2, 10, 10);
      String text = check.text + (check.kept ? "" : "  missed");
      svg.text(check.kept ? "" : "missed", x + 18, y + 12, text);
    }
  }

  private record Check(String text, boolean kept) {}
}
