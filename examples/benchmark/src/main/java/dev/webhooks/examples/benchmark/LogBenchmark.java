package dev.webhooks.examples.benchmark;

import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Shows that a full log is read by its indexes alone: fills it, asks everything there is to ask,
 * and prints each plan, how many rows and pages it touched, and the median time of some runs.
 *
 * <p>Arguments, all optional: {@code postgresql}, {@code h2} or the JDBC URL of an empty database;
 * deliveries. It fails if a table is read without an index, or more rows are read than the answer
 * needs.
 */
final class LogBenchmark {
  private static final int RUNS = 7;

  /** Not indexed on purpose: it holds what the last seconds appended. */
  private static final Set<String> SMALL = Set.of("stat_delta");

  private final ExplainingDataSource database;
  private final String product;
  private final List<Answer> answers = new ArrayList<>();

  private LogBenchmark(ExplainingDataSource database, String product) {
    this.database = database;
    this.product = product;
  }

  /** Measures; the arguments are those of the class. */
  static boolean measure(String[] args) throws Exception {
    String name = args.length > 0 ? args[0] : "postgresql";
    int deliveries = args.length > 1 ? Integer.parseInt(args[1]) : 5_000_000;
    try (BenchmarkDatabase database = BenchmarkDatabase.open(name, 2)) {
      boolean h2 = database.product().equals("h2");
      ExplainingDataSource explaining = new ExplainingDataSource(database.pool(), h2);
      try (JdbcWebhookStore store = JdbcWebhookStore.on(explaining.dataSource())) {
        store.open();
        LogSeed seed = new LogSeed(store, database.pool(), h2, deliveries);
        seed.run();
        LogBenchmark benchmark = new LogBenchmark(explaining, database.product());
        new LogQuestions(store, seed).all().forEach(benchmark::ask);
        return benchmark.report(deliveries);
      }
    }
  }

  private void ask(LogQuestions.Question question) {
    question.work().run();
    List<Plan> plans = database.explain(question.work());
    long[] nanos = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long began = System.nanoTime();
      question.work().run();
      nanos[run] = System.nanoTime() - began;
    }
    Arrays.sort(nanos);
    answers.add(new Answer(question, plans, nanos[RUNS / 2] / 1e6));
    System.out.printf("%n-- %s, %s%n", question.name(), question.filters());
    plans.forEach(plan -> System.out.println(plan.text()));
  }

  private boolean report(int deliveries) {
    System.out.printf(
        "%n%-16s %-48s %9s %9s %7s %9s  %s%n",
        "question", "filters", "rows", "at most", "pages", "ms", "indexes");
    answers.forEach(Answer::print);
    List<Answer> broken = answers.stream().filter(answer -> !answer.kept()).toList();
    double slowest = answers.stream().mapToDouble(Answer::millis).max().orElse(0);
    System.out.printf(
        "log.%1$s.deliveries=%2$d%nlog.%1$s.questions=%3$d%nlog.%1$s.broken=%4$d%n"
            + "log.%1$s.slowest_ms=%5$.1f%n",
        product, deliveries, answers.size(), broken.size(), slowest);
    return broken.isEmpty();
  }

  /** What came of a question. */
  private record Answer(LogQuestions.Question question, List<Plan> plans, double millis) {
    long rows() {
      return plans.stream().mapToLong(Plan::rows).sum();
    }

    Set<String> scanned() {
      Set<String> scanned = new LinkedHashSet<>();
      plans.forEach(plan -> scanned.addAll(plan.scanned()));
      scanned.removeAll(SMALL);
      return scanned;
    }

    boolean kept() {
      return scanned().isEmpty() && rows() <= question.bound();
    }

    void print() {
      Set<String> indexes = new LinkedHashSet<>();
      plans.forEach(plan -> indexes.addAll(plan.indexes()));
      System.out.printf(
          "%-16s %-48s %9d %9d %7d %9.2f  %s%s%s%n",
          question.name(),
          question.filters(),
          rows(),
          question.bound(),
          plans.stream().mapToLong(Plan::pages).sum(),
          millis,
          String.join(" ", indexes),
          scanned().isEmpty() ? "" : " SCAN OF " + String.join(" ", scanned()),
          kept() ? "" : " BROKEN");
    }
  }
}
