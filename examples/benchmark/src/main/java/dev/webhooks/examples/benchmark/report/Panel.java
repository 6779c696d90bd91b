package dev.webhooks.examples.benchmark.report;

import java.util.Locale;

/** A part of a chart, as wide as the chart. */
public abstract sealed class Panel permits Bars, Timeline, Checks {
  /** The height of a heading and the space above it. */
  static final double HEADING = 36;

  /** About how wide a character is. */
  static final double CHARACTER = 7.2;

  abstract boolean isEmpty();

  abstract double height();

  /** Draws it, the upper edge at a height. */
  abstract void draw(Svg svg, double top);

  /** Returns a round number that is not below another: 1, 2, 2.5 or 5 times a power of ten. */
  static double round(double value) {
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double step : new double[] {1, 2, 2.5, 5}) {
      if (value <= step * power) {
        return step * power;
      }
    }
    return 10 * power;
  }

  /** Writes a number with thousands separated, and about three digits. */
  static String text(double value) {
    double size = Math.abs(value);
    boolean whole = value == Math.rint(value);
    String format =
        size >= 100 || whole ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : "endless";
  }

  /** The same without zeros at the end of a fraction. */
  static String shortText(double value) {
    String text = text(value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
