package dev.webhooks.examples.benchmark.chaos;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a scenario found, line by line: a value and, where there is one, the bar it has to meet. */
final class Report {
  private final List<Line> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final String prefix;

  Report(String scenario, String database) {
    this.prefix = "chaos." + scenario + "." + database + ".";
  }

  /** Adds a value that has no bar. */
  void fact(String name, Number value) {
    lines.add(new Line(name, text(value), "", Verdict.NONE));
  }

  void atMost(String name, Number bar, Number value) {
    lines.add(new Line(
        name,
        text(value),
        "<= " + text(bar),
        Verdict.of(value.doubleValue() <= bar.doubleValue())));
  }

  void atLeast(String name, Number bar, Number value) {
    lines.add(new Line(
        name,
        text(value),
        ">= " + text(bar),
        Verdict.of(value.doubleValue() >= bar.doubleValue())));
  }

  void exactly(String name, Number bar, Number value) {
    lines.add(new Line(
        name, text(value), "= " + text(bar), Verdict.of(value.doubleValue() == bar.doubleValue())));
  }

  /** Adds a sentence that stands below the table. */
  void note(String text) {
    notes.add(text);
  }

  /** Adds a failure that kept the scenario from being played to its end. */
  void broken(String reason) {
    lines.add(new Line("broken", reason, "none", Verdict.MISSED));
  }

  /** Says why the scenario was not played. */
  void skipped(String reason) {
    lines.add(new Line("skipped", reason, "", Verdict.NONE));
  }

  /** Returns whether no bar was missed. */
  boolean passed() {
    return lines.stream().noneMatch(line -> line.verdict == Verdict.MISSED);
  }

  /** Returns the lines whose bar was missed, as text. */
  List<String> missed() {
    return lines.stream()
        .filter(line -> line.verdict == Verdict.MISSED)
        .map(line -> prefix + line.name + "=" + line.value + " (bar " + line.bar + ")")
        .toList();
  }

  /** Prints a table for people, then {@code key=value} lines for scripts. */
  void print(PrintStream out) {
    out.println();
    out.printf(Locale.ROOT, "  %-34s %16s   %-14s %s%n", prefix, "value", "bar", "verdict");
    for (Line line : lines) {
      out.printf(
          Locale.ROOT,
          "  %-34s %16s   %-14s %s%n",
          line.name,
          line.value,
          line.bar,
          line.verdict.word);
    }
    notes.forEach(note -> out.println("  " + note));
    out.println();
    for (Line line : lines) {
      out.println(prefix + line.name + "=" + line.value);
    }
    out.println(prefix + "verdict=" + (passed() ? "ok" : "missed"));
    out.println();
  }

  private static String text(Number value) {
    double number = value.doubleValue();
    return String.format(Locale.ROOT, number == Math.rint(number) ? "%.0f" : "%.2f", number);
  }

  private record Line(String name, String value, String bar, Verdict verdict) {}

  private enum Verdict {
    NONE(""),
    MET("ok"),
    MISSED("MISSED");

    private final String word;

    Verdict(String word) {
      this.word = word;
    }

    static Verdict of(boolean met) {
      return met ? MET : MISSED;
    }
  }
}
