package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures the cost of endpoints that never answer to the others: deliveries a second to 45 healthy
 * endpoints, beside none, 5 (10 % of all) or 45 (50 %) that hang and have a queue of their own.
 */
final class NeighboursQuestion implements Question {
  private static final int HEALTHY = 45;
  private static final Map<String, Integer> HANGING =
      new TreeMap<>(Map.of("0", 0, "10pct", 5, "50pct", 45));
  private static final int EVENTS = 20_000;
  private static final int QUEUED_FOR_EACH = 100;
  private static final int PUBLISHERS = 64;
  /** Requests with this run number are nobody's. */
  private static final int UNCOUNTED = 0;

  private static final int STEP_MILLIS = 100;
  private static final int MOST_STEPS = 900;

  @Override
  public String name() {
    return "neighbours";
  }

  @Override
  public int steps(Options options) {
    return HANGING.size() * (options.runs() + options.warmUps());
  }

  @Override
  public void ask(Bench bench) throws Exception {
    Options options = bench.options();
    Host host = bench.launchAll(Peer.OURS).get(Peer.OURS);
    Map<String, Samples> rates = new TreeMap<>();
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      for (Map.Entry<String, Integer> hanging : HANGING.entrySet()) {
        bench.step("neighbours: run " + (run + 1) + ", " + hanging.getKey() + " hang");
        double rate = measure(bench, host, hanging.getValue());
        if (run >= options.warmUps()) {
          rates.computeIfAbsent(hanging.getKey(), key -> new Samples()).add(rate);
        }
      }
    }
    bench.figures().panel("Deliveries a second to healthy endpoints", "a second");
    rates.forEach(
        (part, samples) -> bench.figures().add("neighbours." + part + "_per_second", samples));
    bench.figures().panel("Divided by those while none hangs", "times");
    for (String part : List.of("10pct", "50pct")) {
      Samples ratio = rates.get(part).dividedBy(rates.get("0"));
      bench.figures().add("neighbours." + part + "_vs_0", ratio);
    }
  }

  private static double measure(Bench bench, Host host, int hanging) throws Exception {
    int run = bench.nextRun();
    awaitHanging(bench, 0, 0);
    List<String> urls = new ArrayList<>(bench.receiver().urls("ok", run, HEALTHY));
    urls.addAll(bench.receiver().urls("hang", UNCOUNTED, hanging));
    host.subscribe(urls);
    if (hanging > 0) {
      Words queue = Words.of("topics=" + hanging)
          .with("first-topic", HEALTHY)
          .with("events", hanging * QUEUED_FOR_EACH)
          .with("publishers", PUBLISHERS);
      host.publish(queue);
      host.awaitPublished();
      awaitHanging(bench, hanging, Integer.MAX_VALUE);
    }
    bench.settle();
    int events = bench.options().scaled(EVENTS);
    bench.receiver().expect(run, events, 1);
    host.publish(
        Words.of("topics=" + HEALTHY).with("events", events).with("publishers", PUBLISHERS));
    double last = bench.await(host, events).last();
    double seconds = (last - host.awaitPublished()) / 1e9;
    host.subscribe(List.of()); // Ends what hangs.
    return events / seconds;
  }

  /** Waits until the number of requests that hang is within bounds. */
  private static void awaitHanging(Bench bench, int least, int most) throws Exception {
    int hanging = bench.receiver().hanging();
    for (int step = 0; hanging < least || hanging > most; step++) {
      if (step == MOST_STEPS) {
        throw new IllegalStateException(hanging + " requests hang");
      }
      Thread.sleep(STEP_MILLIS);
      hanging = bench.receiver().hanging();
    }
  }
}
