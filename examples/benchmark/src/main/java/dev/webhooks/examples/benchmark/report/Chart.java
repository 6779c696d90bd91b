package dev.webhooks.examples.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture of what came out, in SVG: a title, how it was measured, and panels one below another.
 */
public final class Chart {
  static final double WIDTH = 1_080;
  static final double MARGIN = 24;
  private static final double TITLE = 44;
  private static final double LINE = 18;

  private final List<Panel> panels = new ArrayList<>();
  private final String title;
  private final List<String> circumstances;

  /**
   * Begins without panels.
   *
   * @param circumstances how it was measured, a line each
   */
  public Chart(String title, List<String> circumstances) {
    this.title = title;
    this.circumstances = List.copyOf(circumstances);
  }

  /** Adds a panel below the others, if there is anything in it. */
  public Chart add(Panel panel) {
    if (!panel.isEmpty()) {
      panels.add(panel);
    }
    return this;
  }

  /** Returns the SVG document. */
  public String svg() {
    double header = TITLE + circumstances.size() * LINE;
    double height = header + panels.stream().mapToDouble(Panel::height).sum() + MARGIN;
    Svg svg = new Svg();
    svg.rectangle("background", 0, 0, WIDTH, height);
    svg.text("title", MARGIN, TITLE - 8, title);
    for (int line = 0; line < circumstances.size(); line++) {
      svg.text("faint", MARGIN, TITLE + 10 + line * LINE, circumstances.get(line));
    }
    double top = header;
    for (Panel panel : panels) {
      panel.draw(svg, top);
      top += panel.height();
    }
    return svg.document(title, WIDTH, height);
  }

  /** Writes the document to a file whose directory exists. */
  public void write(Path file) throws IOException {
    Files.writeString(file, svg());
  }
}
