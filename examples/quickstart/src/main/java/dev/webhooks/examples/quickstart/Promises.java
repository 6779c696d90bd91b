package dev.webhooks.examples.quickstart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Collects what was promised and whether it was kept. */
final class Promises {
  private final List<String> broken = new ArrayList<>();
  private int made;

  void check(String promise, boolean kept) {
    made++;
    System.out.printf(Locale.ROOT, "  %s %s%n", kept ? "kept  " : "BROKEN", promise);
    if (!kept) {
      broken.add(promise);
    }
  }

  /** Prints the last line and returns whether everything was as promised. */
  boolean conclude() {
    System.out.println();
    if (broken.isEmpty()) {
      System.out.printf(Locale.ROOT, "Everything was as promised (%d of %d).%n", made, made);
      return true;
    }
    System.out.printf(
        Locale.ROOT, "NOT as promised: %d of %d broken: %s%n", broken.size(), made, broken);
    return false;
  }
}
