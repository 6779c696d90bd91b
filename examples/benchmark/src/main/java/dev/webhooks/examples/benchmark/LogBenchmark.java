package dev.webhooks.examples.benchmark;

import dev.webhooks.examples.benchmark.report.Bar;
import dev.webhooks.examples.benchmark.report.Bars;
import dev.webhooks.examples.benchmark.report.Chart;
import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.examples.benchmark.report.Results;
import dev.webhooks.examples.benchmark.report.Samples;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Shows that a full log is read by its indexes alone: fills it, asks everything there is to ask,
 * and prints each plan, how many rows and pages it touched, and the median time of some runs.
 *
 * <p>Arguments, all optional: {@code postgresql}, {@code h2} or the JDBC URL of an empty database;
 * deliveries; {@code --out} with the directory of the table and the chart. It fails if a table is
 * read without an index, or more rows are read than the answer needs.
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
    List<String> words = new ArrayList<>(List.of(args));
    Path out = Results.take(words);
    String name = words.isEmpty() ? "postgresql" : words.get(0);
    int deliveries = words.size() > 1 ? Integer.parseInt(words.get(1)) : 5_000_000;
    Progress progress = Progress.on(System.out);
    try (BenchmarkDatabase database = BenchmarkDatabase.open(name, 2)) {
      boolean h2 = database.product().equals("h2");
      ExplainingDataSource explaining = new ExplainingDataSource(database.pool(), h2);
      try (JdbcWebhookStore store = JdbcWebhookStore.on(explaining.dataSource())) {
        store.open();
        LogSeed seed = new LogSeed(store, database.pool(), h2, deliveries, progress);
        seed.run();
        LogBenchmark benchmark = new LogBenchmark(explaining, database.product());
        benchmark.ask(new LogQuestions(store, seed).all(), progress);
        benchmark.print(System.out, deliveries);
        benchmark.write(out, deliveries);
        return benchmark.broken().isEmpty();
      }
    }
  }

  private void ask(List<LogQuestions.Question> questions, Progress progress) {
    Progress.Step step = progress.step("questions", "questions", questions.size());
    for (LogQuestions.Question question : questions) {
      answers.add(ask(question));
      progress.clear();
      System.out.printf(Locale.ROOT, "%n-- %s, %s%n", question.name(), question.filters());
      answers.get(answers.size() - 1).plans().forEach(plan -> System.out.println(plan.text()));
      step.done(answers.size());
    }
    step.end();
  }

  private Answer ask(LogQuestions.Question question) {
    question.work().run();
    List<Plan> plans = database.explain(question.work());
    long[] nanos = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long began = System.nanoTime();
      question.work().run();
      nanos[run] = System.nanoTime() - began;
    }
    Arrays.sort(nanos);
    return new Answer(question, plans, nanos[RUNS / 2] / 1e6);
  }

  private List<Answer> broken() {
    return answers.stream().filter(answer -> !answer.kept()).toList();
  }

  private void print(PrintStream out, int deliveries) {
    out.printf(
        Locale.ROOT,
        "%n%-16s %-48s %9s %9s %7s %9s  %s%n",
        "question",
        "filters",
        "rows",
        "at most",
        "pages",
        "ms",
        "indexes");
    answers.forEach(answer -> answer.print(out));
    double slowest = answers.stream().mapToDouble(Answer::millis).max().orElse(0);
    out.printf(
        Locale.ROOT,
        "log.%1$s.deliveries=%2$d%nlog.%1$s.questions=%3$d%nlog.%1$s.broken=%4$d%n"
            + "log.%1$s.slowest_ms=%5$.1f%n",
        product,
        deliveries,
        answers.size(),
        broken().size(),
        slowest);
  }

  /** Writes the table, and a chart of the time of each kind of question and the rows it read. */
  private void write(Path out, int deliveries) throws IOException {
    String name = "log-" + product;
    try (PrintStream table =
        new PrintStream(out.resolve(name + ".txt").toFile(), StandardCharsets.UTF_8)) {
      print(table, deliveries);
    }
    Map<String, Samples> millis = new LinkedHashMap<>();
    Map<String, Samples> rows = new LinkedHashMap<>();
    for (Answer answer : answers) {
      String kind = answer.question.name();
      millis.computeIfAbsent(kind, key -> new Samples()).add(answer.millis);
      rows.computeIfAbsent(kind, key -> new Samples())
          .add(100.0 * answer.rows() / answer.question.bound());
    }
    Bars times =
        new Bars("How long it takes: median over all filters, the fastest, the slowest", "ms");
    millis.forEach((kind, samples) -> times.add(kind, samples, Optional.empty()));
    Bars read = new Bars("The most rows that were read, of those that may be", "%");
    rows.forEach((kind, samples) ->
        read.add(kind, Samples.of(samples.largest()), Optional.of(Bar.atMost(100))));
    String title = String.format(Locale.ROOT, "Questions to a log of %,d deliveries", deliveries);
    Path chart = out.resolve(name + ".svg");
    new Chart(title, List.of(product + ", " + Results.machine()))
        .add(times)
        .add(read)
        .write(chart);
    System.out.println("The chart is " + chart);
  }

  /** The answer to a question, with the plans of its statements. */
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

    void print(PrintStream out) {
      Set<String> indexes = new LinkedHashSet<>();
      plans.forEach(plan -> indexes.addAll(plan.indexes()));
      out.printf(
          Locale.ROOT,
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
