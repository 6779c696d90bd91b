package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Figures;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures how many deliveries a second arrive, from the first publish to the last arrival: ours,
 * db-scheduler and bare OkHttp, by the number of publishers and by whose transaction it is.
 */
final class CompareQuestion implements Question {
  private static final List<Way> WAYS = List.of(
      new Way(Peer.OKHTTP, "own"),
      new Way(Peer.OURS, "own"),
      new Way(Peer.DB_SCHEDULER, "own"),
      new Way(Peer.OURS, "host"),
      new Way(Peer.DB_SCHEDULER, "host"));
  private static final int MOST_PUBLISHERS = 64;

  /** The JIT compiler of a machine with two processors is busy for about so many runs. */
  private static final int FIRST_WARM_UPS = 5;

  @Override
  public String name() {
    return "compare";
  }

  @Override
  public int steps(Options options) {
    int runs = 0;
    for (int publishers : options.publishers()) {
      runs += options.runs() + warmUps(options, publishers);
    }
    return runs * ways(options).size();
  }

  /** Later numbers of publishers find the processes warm. */
  private static int warmUps(Options options, int publishers) {
    int first = options.warmUps(FIRST_WARM_UPS);
    return publishers == options.publishers().get(0) ? first : Math.min(1, first);
  }

  /** Whose transaction it is makes no difference to who has none. */
  private static List<Way> ways(Options options) {
    return WAYS.stream()
        .filter(way -> options.peers().contains(way.peer))
        .filter(way -> way.peer == Peer.OKHTTP || options.transactions().contains(way.transaction))
        .toList();
  }

  @Override
  public void ask(Bench bench) throws Exception {
    Options options = bench.options();
    int first = options.publishers().get(0);
    bench
        .figures()
        .setting(
            "warm-ups",
            warmUps(options, first) + " with " + first + " publishers, at most 1 with others");
    Map<Peer, Host> hosts = bench.launchAll(options.peers().toArray(new Peer[0]));
    Map<Peer, Samples> repeated = new EnumMap<>(Peer.class);
    for (int publishers : options.publishers()) {
      report(bench, publishers, measure(bench, publishers, hosts, repeated));
    }
    bench.figures().panel("Requests for what had arrived, at most", "requests");
    repeated.forEach((peer, requests) -> bench
        .figures()
        .add(
            bench.key(peer.key() + "_repeated_at_most"),
            peer.label(),
            Samples.of(requests.largest())));
  }

  private static Map<Way, Samples> measure(
      Bench bench, int publishers, Map<Peer, Host> hosts, Map<Peer, Samples> repeated)
      throws Exception {
    Options options = bench.options();
    Map<Way, Samples> rates = new HashMap<>();
    WAYS.forEach(way -> rates.put(way, new Samples()));
    int warmUps = warmUps(options, publishers);
    for (int run = 0; run < warmUps + options.runs(); run++) {
      List<Way> order = new ArrayList<>(ways(options));
      Collections.rotate(order, run); // Nobody always follows the same one.
      for (Way way : order) {
        String name = run < warmUps ? "warm-up " + (run + 1) : "run " + (run - warmUps + 1);
        bench.step("compare: " + publishers + " publishers, " + name + ", " + way);
        Words work = Words.of("topics=" + Bench.WEBHOOKS)
            .with("events", options.scaled(usualEvents(way, publishers)))
            .with("publishers", publishers);
        Bench.Measured measured = bench.run(
            hosts.get(way.peer), Bench.WEBHOOKS, work.with("transaction", way.transaction));
        bench.say(String.format(Locale.ROOT, "%,.0f deliveries a second", measured.perSecond()));
        repeated.computeIfAbsent(way.peer, peer -> new Samples()).add(measured.repeated());
        if (run >= warmUps) {
          rates.get(way).add(measured.perSecond());
        }
      }
    }
    return rates;
  }

  /**
   * Returns the number of events for a run; a faster peer sends more, since each run should take
   * some seconds, not minutes.
   */
  private static int usualEvents(Way way, int publishers) {
    int base = publishers >= 32 ? 20_000 : publishers >= 4 ? 10_000 : 3_000;
    return base * way.factor();
  }

  /** The keys for the largest number of publishers have no number in them: these are the bars'. */
  private static void report(Bench bench, int publishers, Map<Way, Samples> rates) {
    Figures figures = bench.figures();
    String number = publishers == MOST_PUBLISHERS ? "" : publishers + "_publishers.";
    Samples bare = rates.get(WAYS.get(0));
    figures.panel("Deliveries a second, " + publishers + " publishers", "a second");
    for (Way way : WAYS) {
      figures.add(bench.key(number + way.key() + "_per_second"), way.label(), rates.get(way));
    }
    for (String transaction : List.of("own", "host")) {
      Way way = new Way(Peer.OURS, transaction);
      Samples ours = rates.get(way);
      Samples scheduler = rates.get(new Way(Peer.DB_SCHEDULER, transaction));
      String prefix = number + (transaction.equals("own") ? "" : "host_");
      String label = way.label() + ", " + publishers;
      figures.panel("Ours divided by bare OkHttp, by publishers", "times");
      figures.add(bench.key(prefix + "vs_okhttp"), label, ours.dividedBy(bare));
      figures.panel("Ours divided by db-scheduler, by publishers", "times");
      figures.add(bench.key(prefix + "vs_db_scheduler"), label, ours.dividedBy(scheduler));
    }
  }

  /** A peer and the transaction in which it publishes. */
  private record Way(Peer peer, String transaction) {
    String key() {
      return peer == Peer.OKHTTP ? peer.key() : peer.key() + "_" + transaction;
    }

    String label() {
      return peer == Peer.OKHTTP ? peer.label() : peer.label() + ", transactions: " + transaction;
    }

    /** Returns how many times the events of the slowest it is given. */
    int factor() {
      return peer == Peer.OKHTTP ? 5 : peer == Peer.OURS && transaction.equals("own") ? 2 : 1;
    }

    @Override
    public String toString() {
      return key();
    }
  }
}
