package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Bar;
import dev.webhooks.examples.benchmark.report.Chart;
import dev.webhooks.examples.benchmark.report.Panel;
import dev.webhooks.examples.benchmark.report.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * The results of a scenario, line by line: a value and, where there is one, the bar it has to meet.
 */
final class Report {
  private final List<Finding> findings = new ArrayList<>();
  private final List<Panel> panels = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final String scenario;
  private final String database;
  private final String prefix;

  Report(String scenario, String database) {
    this.scenario = scenario;
    this.database = database;
    this.prefix = "chaos." + scenario + "." + database + ".";
  }

  /** Adds a value that has no bar. */
  void fact(String name, Number value) {
    findings.add(Finding.fact(name, value.doubleValue()));
  }

  void atMost(String name, Number bar, Number value) {
    findings.add(Finding.limited(name, value.doubleValue(), Bar.atMost(bar.doubleValue())));
  }

  void atLeast(String name, Number bar, Number value) {
    findings.add(Finding.limited(name, value.doubleValue(), Bar.atLeast(bar.doubleValue())));
  }

  void exactly(String name, Number bar, Number value) {
    findings.add(Finding.exact(name, value.doubleValue(), bar.doubleValue()));
  }

  /** Adds a sentence that stands below the table. */
  void note(String text) {
    notes.add(text);
  }

  /** Adds a picture that stands above those of the values. */
  void picture(Panel panel) {
    panels.add(panel);
  }

  /** Adds a failure that kept the scenario from being played to its end. */
  void broken(String reason) {
    findings.add(Finding.text("broken", reason, Finding.Verdict.MISSED));
  }

  /** Says why the scenario was not played. */
  void skipped(String reason) {
    findings.add(Finding.text("skipped", reason, Finding.Verdict.NONE));
  }

  /** Returns whether no bar was missed. */
  boolean passed() {
    return findings.stream().noneMatch(Finding::missed);
  }

  /** Returns the lines whose bar was missed, as text. */
  List<String> missed() {
    return lines(Finding::missed);
  }

  /**
   * Returns the lines of {@link #missed} that hold on any machine, however busy: exact values, and
   * that the scenario was played to its end.
   */
  List<String> brokenPromises() {
    return lines(finding -> finding.missed() && finding.limit().isEmpty());
  }

  private List<String> lines(Predicate<Finding> which) {
    return findings.stream()
        .filter(which)
        .map(finding ->
            prefix + finding.name() + "=" + finding.value() + " (bar " + finding.bar() + ")")
        .toList();
  }

  /** Prints a table for people, then {@code key=value} lines for scripts. */
  void print(PrintStream out) {
    out.println();
    out.printf(Locale.ROOT, "  %-34s %16s   %-14s %s%n", prefix, "value", "bar", "verdict");
    for (Finding finding : findings) {
      out.printf(
          Locale.ROOT,
          "  %-34s %16s   %-14s %s%n",
          finding.name(),
          finding.value(),
          finding.bar(),
          finding.verdict());
    }
    notes.forEach(note -> out.println("  " + note));
    out.println();
    for (Finding finding : findings) {
      out.println(prefix + finding.name() + "=" + finding.value());
    }
    out.println(prefix + "verdict=" + (passed() ? "ok" : "missed"));
    out.println();
  }

  /**
   * Writes the table {@code chaos-<scenario>-<database>.txt} and the chart {@code .svg} of the same
   * name to a directory.
   *
   * @return the chart
   */
  Path write(Path directory, String size) throws IOException {
    String name = "chaos-" + scenario + "-" + database;
    try (PrintStream table =
        new PrintStream(directory.resolve(name + ".txt").toFile(), StandardCharsets.UTF_8)) {
      print(table);
    }
    String verdict = passed() ? "every bar met" : missed().size() + " missed";
    Chart chart = new Chart(
        "Chaos: " + scenario + " on " + database + ", " + verdict,
        List.of(size + ", " + Results.machine()));
    panels.forEach(chart::add);
    Finding.panels(findings).forEach(chart::add);
    Path file = directory.resolve(name + ".svg");
    chart.write(file);
    return file;
  }
}
