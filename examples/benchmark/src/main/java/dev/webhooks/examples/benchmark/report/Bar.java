package dev.webhooks.examples.benchmark.report;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The bar that a figure has to meet.
 *
 * @param atLeast whether it must not be lower, rather than not higher
 * @param value the limit
 */
public record Bar(boolean atLeast, double value) {
  private static final Map<String, Bar> ALL = Map.ofEntries(
      Map.entry("compare.postgresql.vs_okhttp", atLeast(0.60)),
      Map.entry("compare.postgresql.vs_db_scheduler", atLeast(8)),
      Map.entry("compare.postgresql.host_vs_okhttp", atLeast(0.45)),
      Map.entry("compare.mariadb.vs_db_scheduler", atLeast(5)),
      Map.entry("compare.h2.vs_db_scheduler", atLeast(4)),
      Map.entry("latency.postgresql.p50_vs_okhttp", atMost(5)),
      Map.entry("latency.postgresql.p50_vs_db_scheduler", atMost(0.6)),
      Map.entry("latency.postgresql.p99_vs_db_scheduler", atMost(0.5)),
      Map.entry("publish.postgresql.p50_ratio", atMost(1.4)),
      Map.entry("publish.postgresql.p50_ratio_8_threads", atMost(1.4)),
      Map.entry("fanout.postgresql.1000_vs_1", atLeast(1)),
      Map.entry("backlog.postgresql.1m_vs_1k", atLeast(0.9)),
      Map.entry("neighbours.10pct_vs_0", atLeast(0.9)),
      Map.entry("memory.postgresql.old_generation_rise_pct", atMost(1)),
      Map.entry("jit.list_vs_off", atMost(1.3)),
      Map.entry("jit.get_vs_off", atMost(1.3)),
      Map.entry("jit.log_vs_off", atMost(1.3)),
      Map.entry("jit.publish_vs_off", atMost(1.3)),
      Map.entry("jit.round_vs_off", atMost(1.3)),
      Map.entry("jit.heartbeat_vs_off", atMost(1.3)),
      Map.entry("jit.host_publish_vs_off", atMost(1.3)),
      Map.entry("jit.host_list_vs_off", atMost(1.3)),
      Map.entry("jit.host_get_vs_off", atMost(1.3)),
      Map.entry("micro.sign_timestamped_vs_mac", atMost(1.3)),
      Map.entry("micro.sign_standard_webhooks_vs_mac", atMost(1.3)),
      Map.entry("micro.sign_body_only_vs_mac", atMost(1.3)));

  /** Returns a lower limit. */
  public static Bar atLeast(double value) {
    return new Bar(true, value);
  }

  /** Returns an upper limit. */
  public static Bar atMost(double value) {
    return new Bar(false, value);
  }

  static Optional<Bar> of(String key) {
    return Optional.ofNullable(ALL.get(key));
  }

  /** Returns whether a figure is on the right side of it. */
  public boolean isMetBy(double figure) {
    return atLeast ? figure >= value : figure <= value;
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %s", atLeast ? ">=" : "<=", Figures.text(value));
  }
}
