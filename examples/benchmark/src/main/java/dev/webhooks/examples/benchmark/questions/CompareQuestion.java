package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How many deliveries a second arrive, from the first publish to the last arrival: ours,
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

  @Override
  public String name() {
    return "compare";
  }

  @Override
  public int steps(Options options) {
    return options.publishers().size() * (options.runs() + options.warmUps()) * WAYS.size();
  }

  @Override
  public void ask(Bench bench) throws Exception {
    Map<Peer, Host> hosts = bench.launchAll(Peer.values());
    Map<Peer, Samples> repeated = new EnumMap<>(Peer.class);
    for (int publishers : bench.options().publishers()) {
      report(bench, publishers, measure(bench, publishers, hosts, repeated));
    }
    repeated.forEach((peer, requests) ->
        bench.figures().add(bench.key(peer.key() + "_repeated_at_most"), requests.largest()));
  }

  private static Map<Way, Samples> measure(
      Bench bench, int publishers, Map<Peer, Host> hosts, Map<Peer, Samples> repeated)
      throws Exception {
    Options options = bench.options();
    Map<Way, Samples> rates = new HashMap<>();
    WAYS.forEach(way -> rates.put(way, new Samples()));
    Words work = Words.of("topics=" + Bench.WEBHOOKS)
        .with("events", options.scaled(usualEvents(publishers)))
        .with("publishers", publishers);
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      List<Way> order = new ArrayList<>(WAYS);
      Collections.rotate(order, run); // Nobody always follows the same one.
      for (Way way : order) {
        bench.step("compare: " + publishers + " publishers, run " + (run + 1) + ", " + way);
        Bench.Measured measured = bench.run(
            hosts.get(way.peer), Bench.WEBHOOKS, work.with("transaction", way.transaction));
        bench.say(String.format(Locale.ROOT, "%,.0f deliveries a second", measured.perSecond()));
        repeated.computeIfAbsent(way.peer, peer -> new Samples()).add(measured.repeated());
        if (run >= options.warmUps()) {
          rates.get(way).add(measured.perSecond());
        }
      }
    }
    return rates;
  }

  /** Fewer publishers are slower; each run should take some seconds, not minutes. */
  private static int usualEvents(int publishers) {
    return publishers >= 32 ? 20_000 : publishers >= 4 ? 10_000 : 3_000;
  }

  /** The keys for the largest number of publishers have no number in them: these are the bars'. */
  private static void report(Bench bench, int publishers, Map<Way, Samples> rates) {
    String number = publishers == MOST_PUBLISHERS ? "" : publishers + "_publishers.";
    Samples bare = rates.get(WAYS.get(0));
    for (Way way : WAYS) {
      bench.figures().add(bench.key(number + way.key() + "_per_second"), rates.get(way));
    }
    for (String transaction : List.of("own", "host")) {
      Samples ours = rates.get(new Way(Peer.OURS, transaction));
      Samples scheduler = rates.get(new Way(Peer.DB_SCHEDULER, transaction));
      String prefix = number + (transaction.equals("own") ? "" : "host_");
      bench.figures().add(bench.key(prefix + "vs_okhttp"), ours.dividedBy(bare));
      bench.figures().add(bench.key(prefix + "vs_db_scheduler"), ours.dividedBy(scheduler));
    }
  }

  /** Who publishes in whose transaction. */
  private record Way(Peer peer, String transaction) {
    String key() {
      return peer == Peer.OKHTTP ? peer.key() : peer.key() + "_" + transaction;
    }

    @Override
    public String toString() {
      return key();
    }
  }
}
