package dev.webhooks.examples.benchmark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The figures of a question: a table to read, lines for scripts, a chart to look at, a JSON file to
 * keep.
 */
public final class Figures {
  private static final String HEADING = "  %-52s %9s   %-23s %-9s %s%n";

  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Map<String, Bars> panels = new LinkedHashMap<>();
  private final List<Line> lines = new ArrayList<>();
  private Bars panel = new Bars("", "");

  /** Notes how something was measured. */
  public void setting(String name, Object value) {
    settings.put(name, String.valueOf(value));
  }

  /**
   * Begins a panel of the chart, or goes on with one of the same title: the figures that follow are
   * drawn there. Those before the first panel are not drawn.
   */
  public void panel(String title, String unit) {
    panel = panels.computeIfAbsent(title, key -> new Bars(title, unit));
  }

  /** Adds a figure that was measured in several runs; nothing if there was none. */
  public void add(String key, Samples samples) {
    add(key, key.substring(key.lastIndexOf('.') + 1).replace('_', ' '), samples);
  }

  /**
   * Adds a figure that was measured in several runs; nothing if there was none.
   *
   * @param label what it is called in the chart
   */
  public void add(String key, String label, Samples samples) {
    if (!samples.isEmpty()) {
      lines.add(new Line(key, samples, Bar.of(key)));
      panel.add(label, samples, Bar.of(key));
    }
  }

  /** Adds a figure that was measured once. */
  public void add(String key, double value) {
    add(key, Samples.of(value));
  }

  /** Returns the keys of all figures, in their order. */
  public List<String> keys() {
    return lines.stream().map(Line::key).toList();
  }

  /** Returns whether every figure that has a bar meets it. */
  public boolean meetsBars() {
    return lines.stream().allMatch(line -> line.verdict().isEmpty() || line.isMet());
  }

  /** Prints the table, then {@code key=value} lines. */
  public void print(PrintStream out) {
    out.println();
    settings.forEach((name, value) -> out.println("  " + name + ": " + value));
    out.println();
    out.printf(Locale.ROOT, HEADING, "figure", "median", "smallest to largest", "bar", "");
    lines.forEach(line -> out.printf(
        Locale.ROOT,
        HEADING,
        line.key,
        text(line.samples.median()),
        line.spread(),
        line.bar.map(Bar::toString).orElse(""),
        line.verdict()));
    out.println();
    lines.forEach(line -> out.println(line.key + "=" + text(line.samples.median())));
  }

  /**
   * Writes the JSON file {@code <name>.json}, the table {@code <name>.txt} and the chart
   * {@code <name>.svg} to a directory.
   */
  public void write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(directory.resolve(name + ".json").toFile(), json());
    try (PrintStream table =
        new PrintStream(directory.resolve(name + ".txt").toFile(), StandardCharsets.UTF_8)) {
      print(table);
    }
    chart(name).write(directory.resolve(name + ".svg"));
  }

  private Chart chart(String title) {
    List<String> circumstances = new ArrayList<>();
    settings.forEach((name, value) -> circumstances.add(name + ": " + value));
    Chart chart = new Chart(title, circumstances);
    panels.values().forEach(chart::add);
    return chart;
  }

  private Map<String, Object> json() {
    Map<String, Object> figures = new LinkedHashMap<>();
    for (Line line : lines) {
      Map<String, Object> figure = new LinkedHashMap<>();
      figure.put("median", line.samples.median());
      figure.put("runs", line.samples.values());
      line.bar.ifPresent(bar -> {
        figure.put("bar", bar.toString());
        figure.put("met", line.isMet());
      });
      figures.put(line.key, figure);
    }
    return Map.of("settings", settings, "figures", figures);
  }

  /** Writes a number with about three digits. */
  static String text(double value) {
    double size = Math.abs(value);
    String format = size >= 100 || value == Math.rint(value) ? "%.0f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  private record Line(String key, Samples samples, Optional<Bar> bar) {
    boolean isMet() {
      return bar.isPresent() && bar.get().isMetBy(samples.median());
    }

    String verdict() {
      return bar.isEmpty() ? "" : isMet() ? "met" : "MISSED";
    }

    String spread() {
      return samples.values().size() == 1
          ? ""
          : text(samples.smallest()) + " to " + text(samples.largest());
    }
  }
}
