package dev.webhooks.examples.benchmark.chaos;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Where a scenario is played: a database of its own, a receiver, instances, and a report. Closing
 * it ends all of them but the database server.
 */
final class Stage implements AutoCloseable {
  private static final int BATCH = 200;
  private static final long LOOK_EVERY_MILLIS = 500;
  private static final Duration REST = Duration.ofSeconds(5);

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final Moments moments = Moments.now();
  private final Receiver receiver = new Receiver();
  private final String scenario;
  private final TestDatabase server;
  private final Report report;
  private final Progress progress;
  private final Situation situation = new Situation(this);
  private final Recording recording = new Recording();
  private final Path directory;
  private final String url;
  private final Cluster cluster;
  private HikariDataSource setupPool;
  private Webhooks setup;
  private int kinds = 1;
  private int rate;
  private int settled;
  private long queued;

  Stage(String scenario, TestDatabase server, Path directory, Report report, Progress progress)
      throws Exception {
    this.scenario = scenario;
    this.server = server;
    this.report = report;
    this.progress = progress;
    this.directory = Files.createDirectories(directory);
    this.url = server.create("chaos_" + scenario);
    execute(
        "create table orders (id bigint primary key, instance varchar(40) not null, kind int not"
            + " null)");
    Path certificate = directory.resolve("receiver.pem");
    receiver.writeCertificate(certificate);
    this.cluster = new Cluster(url, certificate, directory);
  }

  /** Opens another stage with the same server and report, for one of several runs to compare. */
  Stage another(String name) throws Exception {
    return new Stage(scenario + "_" + name, server, directory.resolve(name), report, progress);
  }

  Report report() {
    return report;
  }

  TestDatabase server() {
    return server;
  }

  Receiver receiver() {
    return receiver;
  }

  Cluster cluster() {
    return cluster;
  }

  Moments moments() {
    return moments;
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  String url() {
    return url;
  }

  /** Says what happens now, on a line of its own. */
  void say(String text) {
    progress.say("  " + scenario + ": " + text);
  }

  /** Marks the present moment in the picture of the run. */
  void mark(String what) {
    recording.mark(what);
  }

  /** Adds what has arrived so far, if anything, to the report: by the second, with the marks. */
  void drawTimeline() {
    if (receiver.arrivals().size() > 0) {
      report.picture(recording.timeline(this));
    }
  }

  // ---- webhooks

  /** Returns the account of the scenario, in an instance of this process that only publishes. */
  AccountWebhooks account() {
    if (setup == null) {
      setupPool = new HikariDataSource();
      setupPool.setJdbcUrl(url);
      setupPool.setMaximumPoolSize(3);
      setup = Webhooks.builder()
          .store(JdbcWebhookStore.on(setupPool))
          .transport(OkHttpTransport.create())
          .secretCipher(SecretCipher.none())
          .allowTargets("localhost")
          .events(EventCatalog.acceptingAny())
          .maxWebhooksPerAccount(1_000)
          .sending(false)
          .build();
      setup.start();
    }
    return setup.account(Instance.ACCOUNT);
  }

  /** Registers an endpoint; returns the id of its webhook. */
  String subscribe(Endpoint endpoint) {
    endpoints.add(endpoint);
    WebhookDraft draft = WebhookDraft.to(receiver.url(endpoint)).events(endpoint.pattern());
    return account().create(draft).webhook().id();
  }

  /**
   * Registers what most scenarios use: eight kinds of order with an endpoint each, of which some
   * are slow or fail at first, and one endpoint that hears of all kinds.
   */
  void subscribeTheUsual() {
    Behaviour[] behaviours = {
      Behaviour.OK, Behaviour.SLOW, Behaviour.OK, Behaviour.FLAKY,
      Behaviour.OK, Behaviour.SLOW, Behaviour.OK, Behaviour.OK
    };
    for (int kind = 0; kind < behaviours.length; kind++) {
      subscribe(new Endpoint(kind, behaviours[kind], kind));
    }
    subscribe(new Endpoint(behaviours.length, Behaviour.SLOW, Endpoint.EVERY_KIND));
    kinds(behaviours.length);
  }

  /** Registers endpoints that answer at once, one for each kind of order from 0. */
  void subscribeQuick(int count) {
    for (int kind = 0; kind < count; kind++) {
      subscribe(new Endpoint(kind, Behaviour.OK, kind));
    }
    kinds(count);
  }

  /** Sets how many kinds of order the instances place, those to come included. */
  void kinds(int count) {
    kinds = count;
    cluster.tellAll("kinds " + count);
  }

  /**
   * Publishes events that no order stands for, as fast as they go, for kinds of order in turn.
   *
   * @param events how many
   * @param fromKind the first kind
   * @param kindCount how many kinds
   */
  void queue(int events, int fromKind, int kindCount) {
    AccountWebhooks account = account();
    Progress.Step step = step("queueing", "events", events);
    List<Event> batch = new ArrayList<>();
    for (int number = 0; number < events; number++) {
      int kind = fromKind + number % kindCount;
      batch.add(Orders.event(++queued, kind, System.nanoTime()));
      if (batch.size() == BATCH || number == events - 1) {
        account.publish(batch);
        batch.clear();
        step.done(number + 1);
      }
    }
  }

  // ---- instances

  /** Starts instances at once, waits until all are ready, and puts them under the present load. */
  List<Member> start(String... names) throws Exception {
    List<Member> started = new ArrayList<>();
    for (String name : names) {
      started.add(launch(name, Map.of()));
    }
    for (Member member : started) {
      member.awaitReady();
    }
    return started;
  }

  /** Starts an instance under the present load, without waiting until it is ready. */
  Member launch(String name, Map<String, String> environment) throws Exception {
    Member member = cluster.launch(name, environment);
    member.tell("kinds " + kinds);
    member.tell("rate " + rate);
    return member;
  }

  /** Sets how many orders a second each instance places, those to come included. */
  void load(int perSecondAndInstance) {
    rate = perSecondAndInstance;
    cluster.tellAll("rate " + rate);
  }

  // ---- time

  /** Lets things run for a while, and shows how they go. */
  void run(String what, Duration time) throws InterruptedException {
    Progress.Step stretch = progress.stretch(scenario + ": " + what, time);
    long began = System.nanoTime();
    long left = time.toNanos();
    while (left > 0) {
      Thread.sleep(Math.max(1, Math.min(LOOK_EVERY_MILLIS, left / 1_000_000)));
      left = began + time.toNanos() - System.nanoTime();
      stretch.done((time.toNanos() - Math.max(0, left)) / 1_000_000_000, situation::text);
    }
  }

  /**
   * Lets the database get over what it was given or relieved of, so that this does not count as an
   * effect of what is measured next.
   */
  void rest() throws Exception {
    analyze();
    run("coming to rest", REST);
  }

  /** Begins something that is counted; see {@link Progress#step}. */
  Progress.Step step(String what, String unit, long total) {
    return progress.step(scenario + ": " + what, unit, total);
  }

  /**
   * Stops the load and waits until nothing is pending any more; reports how long that took. Ends
   * without an error if it does not come to an end: what is missing is counted then.
   */
  void drain(Duration longest) throws Exception {
    load(0);
    settle();
    mark("no more orders");
    long began = System.nanoTime();
    long all = pending();
    Progress.Step step = step("draining", "pending deliveries", all);
    boolean empty = Patience.until(longest, () -> {
      long left = pending();
      step.done(Math.max(0, all - left), situation::text);
      return left == 0;
    });
    report.fact("drain_seconds", (System.nanoTime() - began) / 1e9);
    if (!empty) {
      report.exactly("pending_in_the_end", 0, pending());
    }
  }

  /** Waits until no transaction of a host is under way. */
  void settle() throws Exception {
    String token = "settled " + ++settled;
    cluster.tellAll("settle " + settled);
    Patience.require(
        "the end of the hosts' transactions",
        Duration.ofMinutes(5),
        () -> cluster.running().stream().allMatch(member -> member.said(token)));
  }

  // ---- database

  long pending() throws SQLException {
    return count("select count(*) from webhooks_queue");
  }

  long count(String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Executes statements of which others see all or nothing. */
  void inTransaction(Statements statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statements.execute(statement);
      connection.commit();
    }
  }

  /** The statements of a transaction. */
  @FunctionalInterface
  interface Statements {
    void execute(Statement statement) throws SQLException;
  }

  /** Lets the database look at tables that have changed much. */
  void analyze() throws SQLException {
    for (String table : List.of("webhooks_delivery", "webhooks_event", "webhooks_queue")) {
      execute(server.analyze(table));
    }
  }

  @Override
  public void close() throws Exception {
    cluster.close();
    if (setup != null) {
      setup.close();
      setupPool.close();
    }
    receiver.close();
  }
}
