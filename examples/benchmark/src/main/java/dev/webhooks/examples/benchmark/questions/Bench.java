package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Receiver;
import dev.webhooks.examples.benchmark.process.Receiver.Arrivals;
import dev.webhooks.examples.benchmark.process.TemporaryDirectory;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Figures;
import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.examples.benchmark.report.Results;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where a question is measured: a database, a receiving process, and processes that send. */
public final class Bench implements AutoCloseable {
  /** The number of webhooks, unless a question is about it. */
  static final int WEBHOOKS = 50;

  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final int CHUNK = 20_000;

  private final List<Host> hosts = new ArrayList<>();
  private final Figures figures = new Figures();
  private final Question question;
  private final Options options;
  private final PrintStream out;
  private final Progress progress;
  private final Path directory;
  private final DatabaseServer server;
  private final Receiver receiver;
  private int runs;
  private int steps;
  private long began;

  private Bench(Question question, Options options, PrintStream out) throws Exception {
    this.question = question;
    this.options = options;
    this.out = out;
    progress = Progress.on(out);
    directory = Files.createTempDirectory("webhooks-benchmark");
    boolean database = question.needsDatabase();
    server = database ? DatabaseServer.open(options, directory) : null;
    receiver = database ? Receiver.start(directory) : null;
  }

  /**
   * Measures a question, prints what came out and writes it to files.
   *
   * @return the figures
   */
  public static Figures measure(Question question, Options options, PrintStream out)
      throws Exception {
    try (Bench bench = new Bench(question, options, out)) {
      bench.describe();
      question.ask(bench);
      bench.progress.clear();
      bench.figures.print(out);
      bench.figures.write(options.out(), bench.fileName());
      out.println("The chart is " + options.out().resolve(bench.fileName() + ".svg"));
      return bench.figures;
    }
  }

  private String fileName() {
    return server == null ? question.name() : question.name() + "-" + product();
  }

  private void describe() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    int processors = Runtime.getRuntime().availableProcessors();
    figures.setting("database", product() + (options.url().isEmpty() ? ", durable" : ", as given"));
    figures.setting(
        "machine", Results.machine() + String.format(Locale.ROOT, ", load before %.1f", load));
    figures.setting("runs", options.runs() + ", scale " + options.scale());
    figures.setting("warm-ups", options.warmUps());
    if (load > processors / 4.0) {
      out.println("The machine is busy (load " + load + "): ratios may hold, figures do not.");
    }
  }

  Options options() {
    return options;
  }

  Figures figures() {
    return figures;
  }

  Receiver receiver() {
    return receiver;
  }

  String product() {
    return server == null ? "none" : server.product();
  }

  /** Refuses a database that all processes would have to share, or that only one can open. */
  void requireOwnServer() {
    if (!options.url().isEmpty() || product().equals("h2")) {
      throw new IllegalArgumentException(
          question.name() + " needs a server in which it can create databases, not " + product()
              + (options.url().isEmpty() ? "" : " by URL"));
    }
  }

  /** Returns the key of a figure of this question on this database. */
  String key(String figure) {
    return question.name() + "." + product() + "." + figure;
  }

  /** Announces the next step, with how many there are and how long the rest may take. */
  void step(String what) {
    long now = System.nanoTime();
    began = steps == 0 ? now : began;
    int all = question.steps(options);
    double seconds = (now - began) / 1e9;
    String rest = steps == 0
        ? ""
        : String.format(Locale.ROOT, ", about %.0f s to go", seconds / steps * (all - steps));
    steps++;
    progress.say(
        String.format(Locale.ROOT, "[%d of %d, %.0f s%s] %s", steps, all, seconds, rest, what));
  }

  /** Says what came of a step. */
  void say(String what) {
    progress.say("    " + what);
  }

  /** Begins to count within a step. */
  Progress.Step count(String what, String unit, long total) {
    return progress.step("  " + what, unit, total);
  }

  /** Creates an empty database, and returns how to start a sending process on it. */
  Host.Settings database(String name) throws SQLException {
    return new Host.Settings(
        server.create(name),
        product(),
        options.connections(),
        options.threads(),
        true,
        options.heap(),
        "");
  }

  /** Starts a process without waiting until it is ready. */
  Host launch(String name, Peer peer, Host.Settings settings) throws IOException {
    Host host = Host.start(name, peer, settings, receiver.certificate(), directory);
    hosts.add(host);
    return host;
  }

  /** Starts a process of each peer, each on a database of its own. */
  Map<Peer, Host> launchAll(Peer... peers) throws Exception {
    Map<Peer, Host> launched = new EnumMap<>(Peer.class);
    for (Peer peer : peers) {
      Host.Settings usual = database("benchmark_" + peer.key());
      launched.put(
          peer, launch(peer.key(), peer, peer == Peer.DB_SCHEDULER ? roomy(usual) : usual));
    }
    for (Host host : launched.values()) {
      figures.setting(host.awaitReady().name(), host.settings());
    }
    figures.setting("pool", options.connections() + " connections; db-scheduler one per thread");
    return launched;
  }

  /** db-scheduler's threads each need a connection to be of use. */
  private static Host.Settings roomy(Host.Settings settings) {
    return settings.connections(settings.threads());
  }

  /** Lets the database do now what earlier runs left to do. */
  void settle() throws SQLException {
    server.settle();
  }

  /** Returns a number for a run that has not been used. */
  int nextRun() {
    return ++runs;
  }

  /**
   * Lets one process publish to fresh webhooks, and waits until all has arrived and nothing is left
   * to do.
   *
   * @param webhooks how many
   * @param work see {@link Host#publish}
   */
  Measured run(Host host, int webhooks, Words work) throws Exception {
    int run = nextRun();
    int copies = work.number("topics") == 0 ? webhooks : 1;
    int deliveries = work.number("events") * copies;
    host.subscribe(receiver.urls("ok", run, webhooks));
    server.settle();
    receiver.expect(run, deliveries, copies);
    host.publish(work);
    Arrivals arrivals = await(host, deliveries);
    long published = host.awaitPublished();
    host.awaitIdle();
    return Measured.of(deliveries, published, check(receiver.arrivals(), deliveries), arrivals);
  }

  /** Waits until what is expected has arrived, as long as the process that sends it is well. */
  Arrivals await(Host host, long deliveries) throws IOException, InterruptedException {
    Progress.Step step = count(host.name(), "deliveries", deliveries);
    return receiver.await(LONGEST, arrived -> {
      host.requireHealth();
      step.done(arrived);
    });
  }

  /** Lets a process publish many events as fast as possible, numbered from a number. */
  void fill(Host host, int from, int events) throws IOException, InterruptedException {
    Progress.Step step = count("publishing", "events", events);
    for (int done = 0; done < events; done += CHUNK) {
      host.queue(from + done, Math.min(CHUNK, events - done), WEBHOOKS);
      step.done(Math.min(events, done + CHUNK));
    }
  }

  /** Makes sure that every delivery arrived, signed. */
  private static Arrivals check(Arrivals arrivals, int deliveries) {
    if (arrivals.distinct() != deliveries || arrivals.unsigned() != 0) {
      throw new IllegalStateException("expected " + deliveries + " signed ones: " + arrivals);
    }
    return arrivals;
  }

  @Override
  public void close() throws Exception {
    for (Host host : hosts) {
      host.close();
    }
    if (server != null) {
      receiver.close();
      server.close();
    }
    TemporaryDirectory.delete(directory);
  }

  /**
   * The figures of a run.
   *
   * @param perSecond deliveries a second, from the first publish to the last arrival
   * @param repeated requests for what had arrived before
   * @param arrivals the rest
   */
  record Measured(double perSecond, int repeated, Arrivals arrivals) {
    private static Measured of(int deliveries, long began, Arrivals idle, Arrivals complete) {
      double seconds = (complete.last() - began) / 1e9;
      return new Measured(deliveries / seconds, idle.repeated(), complete);
    }
  }
}
