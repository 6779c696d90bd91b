package dev.webhooks.examples.benchmark.chaos;

import dev.webhooks.examples.benchmark.report.Bar;
import dev.webhooks.examples.benchmark.report.Bars;
import dev.webhooks.examples.benchmark.report.Checks;
import dev.webhooks.examples.benchmark.report.Panel;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A line of a report.
 *
 * @param name what was measured; its end says in which unit
 * @param value as text
 * @param number the same; NaN if it is none
 * @param bar what it has to be, as text; empty if there is no bar
 * @param limit the same if it is a limit, and neither absent nor an exact value
 * @param verdict whether the bar was met
 */
record Finding(
    String name, String value, double number, String bar, Optional<Bar> limit, Verdict verdict) {

  static Finding fact(String name, double number) {
    return new Finding(name, text(number), number, "", Optional.empty(), Verdict.NONE);
  }

  static Finding text(String name, String value, Verdict verdict) {
    String bar = verdict == Verdict.MISSED ? "none" : "";
    return new Finding(name, value, Double.NaN, bar, Optional.empty(), verdict);
  }

  static Finding limited(String name, double number, Bar limit) {
    String bar = (limit.atLeast() ? ">= " : "<= ") + text(limit.value());
    Verdict verdict = Verdict.of(limit.isMetBy(number));
    return new Finding(name, text(number), number, bar, Optional.of(limit), verdict);
  }

  static Finding exact(String name, double number, double bar) {
    Verdict verdict = Verdict.of(number == bar);
    return new Finding(name, text(number), number, "= " + text(bar), Optional.empty(), verdict);
  }

  boolean missed() {
    return verdict == Verdict.MISSED;
  }

  /**
   * Returns pictures of lines: bars for times, rates and ratios; for other limits how much of them
   * was used; a list of what had to be exactly so.
   */
  static List<Panel> panels(List<Finding> findings) {
    Map<Unit, Bars> bars = new EnumMap<>(Unit.class);
    Checks checks = new Checks("Exactly as it has to be");
    for (Finding finding : findings) {
      Unit unit = Unit.of(finding);
      if (unit != Unit.NONE) {
        finding.draw(unit, bars.computeIfAbsent(unit, Unit::bars));
      } else if (finding.verdict != Verdict.NONE) {
        checks.add(finding.label() + " " + finding.value, !finding.missed());
      }
    }
    List<Panel> panels = new ArrayList<>(bars.values());
    panels.add(checks);
    return panels;
  }

  private void draw(Unit unit, Bars bars) {
    if (unit == Unit.SHARE) {
      double bar = limit.orElseThrow().value();
      String told = label() + " (" + value + ")";
      Bar whole = limit.orElseThrow().atLeast() ? Bar.atLeast(100) : Bar.atMost(100);
      bars.add(told, Samples.of(100 * number / bar), Optional.of(whole));
    } else {
      bars.add(label(), Samples.of(number), limit);
    }
  }

  private String label() {
    return name.replace('_', ' ');
  }

  private static String text(double number) {
    return String.format(Locale.ROOT, number == Math.rint(number) ? "%.0f" : "%.2f", number);
  }

  /** The verdict on a bar. */
  enum Verdict {
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

    @Override
    public String toString() {
      return word;
    }
  }

  /** In what a line is drawn, which the end of its name says. */
  private enum Unit {
    RATIO("With the fault divided by without", "times"),
    RATE("Deliveries a second", "a second"),
    MILLIS("Times", "ms"),
    SECONDS("Times", "s"),
    SHARE("Of what the bar says", "%"),
    NONE("", "");

    private final String title;
    private final String name;

    Unit(String title, String name) {
      this.title = title;
      this.name = name;
    }

    static Unit of(Finding finding) {
      String name = finding.name;
      if (!Double.isFinite(finding.number)) {
        return NONE;
      }
      if (name.contains("_ratio")) {
        return RATIO;
      }
      if (name.matches("(.*_)?per_second(_(without|with|small|large).*)?")) {
        return RATE;
      }
      if (name.endsWith("_ms")) {
        return MILLIS;
      }
      if (name.endsWith("_seconds")) {
        return SECONDS;
      }
      return finding
          .limit
          .filter(limit -> limit.value() != 0)
          .map(limit -> SHARE)
          .orElse(NONE);
    }

    private Bars bars() {
      return new Bars(title, name);
    }
  }
}
