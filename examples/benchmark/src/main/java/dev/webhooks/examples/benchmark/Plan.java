package dev.webhooks.examples.benchmark;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The way in which a database ran one statement.
 *
 * @param text the plan as the database tells it
 * @param indexes the indexes that it read
 * @param scanned the tables that it read without an index
 * @param rows how many rows it read from tables and indexes, those thrown away included
 * @param pages how many pages of 8 KiB it touched, cached or not; 0 where the database does not say
 */
record Plan(String text, Set<String> indexes, Set<String> scanned, long rows, long pages) {
  private static final Pattern POSTGRES_SCAN = Pattern.compile(
      "(Seq Scan|Index Scan|Index Only Scan|Bitmap Index Scan)(?: Backward)?(?: using (\\w+))?"
          + " on (\\w+).*actual rows=([\\d.]+) loops=(\\d+)");
  private static final Pattern POSTGRES_NODE = Pattern.compile("loops=(\\d+)\\)");
  private static final Pattern POSTGRES_REMOVED =
      Pattern.compile("Rows Removed by (?:Filter|Index Recheck): (\\d+)");
  private static final Pattern POSTGRES_PAGES =
      Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

  /** The index of a table, or how many rows a table or a part of the query yielded. */
  private static final Pattern H2_ACCESS =
      Pattern.compile("/\\* PUBLIC\\.(\\w+)(\\.tableScan)?[:\\s]|scanCount: (\\d+)");

  /** Reads what EXPLAIN (ANALYZE, BUFFERS) answers. */
  static Plan ofPostgres(List<String> lines) {
    Set<String> indexes = new LinkedHashSet<>();
    Set<String> scanned = new LinkedHashSet<>();
    double rows = 0;
    long loops = 1;
    for (String line : lines) {
      Matcher scan = POSTGRES_SCAN.matcher(line);
      if (scan.find()) {
        boolean sequential = scan.group(1).equals("Seq Scan");
        String index = scan.group(2) == null ? scan.group(3) : scan.group(2);
        (sequential ? scanned : indexes).add(index.replace("webhooks_", ""));
        rows += Double.parseDouble(scan.group(4)) * Long.parseLong(scan.group(5));
      }
      Matcher node = POSTGRES_NODE.matcher(line);
      loops = node.find() ? Long.parseLong(node.group(1)) : loops;
      Matcher removed = POSTGRES_REMOVED.matcher(line);
      if (removed.find()) {
        rows += (double) Long.parseLong(removed.group(1)) * loops;
      }
    }
    String text = String.join("\n", lines);
    Matcher pages = POSTGRES_PAGES.matcher(text);
    long touched = pages.find() ? number(pages.group(1)) + number(pages.group(2)) : 0;
    return new Plan(text, indexes, scanned, Math.round(rows), touched);
  }

  /** Reads what EXPLAIN ANALYZE answers. */
  static Plan ofH2(String text) {
    Set<String> indexes = new LinkedHashSet<>();
    Set<String> scanned = new LinkedHashSet<>();
    long rows = 0;
    boolean ofTable = false;
    for (MatchResult part : H2_ACCESS.matcher(text).results().toList()) {
      if (part.group(1) != null) {
        String name = part.group(1).toLowerCase(Locale.ROOT).replace("webhooks_", "");
        (part.group(2) == null ? indexes : scanned).add(name);
        ofTable = true;
      } else {
        rows += ofTable ? Long.parseLong(part.group(3)) : 0;
        ofTable = false;
      }
    }
    return new Plan(text, indexes, scanned, rows, 0);
  }

  private static long number(String digits) {
    return digits == null ? 0 : Long.parseLong(digits);
  }
}
