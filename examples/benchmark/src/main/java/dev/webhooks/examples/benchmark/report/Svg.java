package dev.webhooks.examples.benchmark.report;

import java.util.Locale;

/** Writes an SVG document, shape by shape. What the shapes look like is said by their class. */
final class Svg {
  /** By itself light, and dark where the reader's screen is: it brings its own background. */
  private static final String STYLE = """
      text { font: 13px system-ui, "DejaVu Sans", sans-serif; fill: #1f2430 }
      .title { font-size: 20px; font-weight: 600 }
      .heading { font-size: 15px; font-weight: 600 }
      .faint { fill: #5b6472 }
      .end { text-anchor: end }
      .middle { text-anchor: middle }
      .missed { fill: #b3261e; font-weight: 600 }
      .background { fill: #ffffff }
      .grid { stroke: #d9dde3 }
      .bar { fill: #3b6fd4 }
      .other { fill: #a3acb9 }
      .bad { fill: #d9534a }
      .area { fill: #3b6fd4; fill-opacity: 0.35; stroke: #3b6fd4 }
      .trend { fill: none; stroke: #b26a00; stroke-width: 1.5 }
      .spread { stroke: #1f2430; stroke-width: 1.5 }
      .limit { stroke: #b3261e; stroke-width: 2.5 }
      .mark { stroke: #b3261e; stroke-width: 1.2; stroke-dasharray: 4 3 }
      @media (prefers-color-scheme: dark) {
        text { fill: #e8eaee }
        .faint { fill: #a3acb9 }
        .missed { fill: #ff8a80 }
        .background { fill: #16191f }
        .grid { stroke: #343a45 }
        .bar { fill: #6a9bff }
        .other { fill: #6d7685 }
        .bad { fill: #ff7a70 }
        .area { fill: #6a9bff; stroke: #6a9bff }
        .trend { stroke: #ffb74d }
        .spread { stroke: #e8eaee }
        .limit, .mark { stroke: #ff8a80 }
      }
      """;

  private final StringBuilder shapes = new StringBuilder();

  void rectangle(String look, double x, double y, double width, double height) {
    shapes.append(String.format(
        Locale.ROOT,
        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>%n",
        look,
        x,
        y,
        width,
        height));
  }

  void line(String look, double x1, double y1, double x2, double y2) {
    shapes.append(String.format(
        Locale.ROOT,
        "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
        look,
        x1,
        y1,
        x2,
        y2));
  }

  /** Draws a path; see {@link #point}. */
  void path(String look, String points) {
    shapes.append("<path class=\"" + look + "\" d=\"" + points + "\"/>\n");
  }

  /** Returns a point of a path. */
  static String point(char command, double x, double y) {
    return String.format(Locale.ROOT, "%c%.1f %.1f", command, x, y);
  }

  /** Writes text whose baseline begins at a point, or ends there if it looks like {@code end}. */
  void text(String look, double x, double y, String text) {
    shapes.append(String.format(
        Locale.ROOT,
        "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
        look,
        x,
        y,
        escape(text)));
  }

  /** Returns the document. */
  String document(String title, double width, double height) {
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$.0f %2$.0f\""
                + " width=\"%1$.0f\" height=\"%2$.0f\" role=\"img\">%n",
            width,
            height)
        + "<title>" + escape(title) + "</title>\n<style>\n" + STYLE + "</style>\n" + shapes
        + "</svg>\n";
  }

  /** XML has no way to write most control characters. */
  private static String escape(String text) {
    return text.replaceAll("[\\p{Cntrl}\\p{Cs}\\uFFFE\\uFFFF]", " ")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
  }
}
