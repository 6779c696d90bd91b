package dev.webhooks.examples.benchmark;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.examples.benchmark.report.Figures;
import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.examples.benchmark.report.Results;
import dev.webhooks.examples.benchmark.report.Samples;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Shows that PostgreSQL's JIT compiler costs the store nothing: times the same operations from
 * sessions in which it is on and from sessions in which it is off, in turn.
 *
 * <p>Arguments: the JDBC URL of an empty database on a server with the JIT compiler; how many runs
 * count, if not as many as usual; {@code --out} with the directory of the table and the chart. The
 * tables stay.
 */
final class JitBenchmark {
  private static final int WARM_UPS = 5;
  private static final int RUNS = 101;

  private final Map<String, Samples> on = new LinkedHashMap<>();
  private final Map<String, Samples> off = new LinkedHashMap<>();

  private final int runs;

  private JitBenchmark(int runs) {
    this.runs = runs;
  }

  /** Measures; the arguments are those of the class. */
  static boolean measure(String[] args) throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    Path out = Results.take(words);
    if (words.isEmpty() || !words.get(0).startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException("jit needs the JDBC URL of a PostgreSQL database");
    }
    int runs = words.size() > 1 ? Integer.parseInt(words.get(1)) : RUNS;
    try (HikariDataSource jit = pool(words.get(0), "on");
        HikariDataSource none = pool(words.get(0), "off");
        JitOperations with = JitOperations.on(jit);
        JitOperations without = JitOperations.on(none)) {
      Figures figures = new Figures();
      figures.setting("machine", Results.machine());
      figures.setting("database", server(jit));
      with.seed();
      JitBenchmark benchmark = new JitBenchmark(runs);
      benchmark.run(with, without, Progress.on(System.out));
      benchmark.report(figures);
      figures.print(System.out);
      figures.write(out, "jit-postgresql");
      return figures.meetsBars();
    }
  }

  private static HikariDataSource pool(String url, String jit) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(4);
    config.setConnectionInitSql("set jit = " + jit);
    return new HikariDataSource(config);
  }

  private static String server(HikariDataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(
            "select current_setting('server_version'), pg_jit_available()")) {
      row.next();
      if (!row.getBoolean(2)) {
        throw new IllegalArgumentException("this PostgreSQL has no JIT compiler");
      }
      return "PostgreSQL " + row.getString(1);
    }
  }

  private void run(JitOperations with, JitOperations without, Progress progress) throws Exception {
    Progress.Step step = progress.step("operations", "runs", WARM_UPS + runs);
    for (int run = 0; run < WARM_UPS + runs; run++) {
      boolean counts = run >= WARM_UPS;
      if (run % 2 == 0) { // Neither always follows the other.
        with.time(counts ? on : new LinkedHashMap<>());
        without.time(counts ? off : new LinkedHashMap<>());
      } else {
        without.time(counts ? off : new LinkedHashMap<>());
        with.time(counts ? on : new LinkedHashMap<>());
      }
      step.done(run + 1);
    }
    step.end();
  }

  private void report(Figures figures) {
    on.forEach((name, samples) -> {
      figures.panel("Time of one operation", "ms");
      figures.add("jit." + name + "_ms", samples);
      figures.add("jit." + name + "_ms_without_jit", off.get(name));
      figures.panel("JIT on divided by JIT off", "times");
      figures.add("jit." + name + "_vs_off", samples.dividedBy(off.get(name)));
    });
  }
}
