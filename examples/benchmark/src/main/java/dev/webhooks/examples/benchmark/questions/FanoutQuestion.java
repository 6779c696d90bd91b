package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Figures;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.Map;
import java.util.TreeMap;

/**
 * Deliveries a second when each event goes to 1, 10, 100 or 1,000 webhooks. Where it goes to one,
 * that is one of 50 in turn: a single endpoint would measure the cap on requests to it.
 */
final class FanoutQuestion implements Question {
  private static final int[] SIZES = {1, 10, 100, 1_000};
  private static final int DELIVERIES = 20_000;
  private static final int PUBLISHERS = 64;

  @Override
  public String name() {
    return "fanout";
  }

  @Override
  public int steps(Options options) {
    return SIZES.length * (options.runs() + options.warmUps());
  }

  @Override
  public void ask(Bench bench) throws Exception {
    Options options = bench.options();
    Host host = bench.launchAll(Peer.OURS).get(Peer.OURS);
    Map<Integer, Samples> rates = new TreeMap<>();
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      for (int size : SIZES) {
        bench.step("fanout: run " + (run + 1) + ", to " + size);
        int events = Math.max(1, options.scaled(DELIVERIES) / size);
        Words work = Words.of("topics=" + (size == 1 ? Bench.WEBHOOKS : 0))
            .with("events", events)
            .with("publishers", Math.min(PUBLISHERS, events));
        double rate = bench.run(host, size == 1 ? Bench.WEBHOOKS : size, work).perSecond();
        if (run >= options.warmUps()) {
          rates.computeIfAbsent(size, key -> new Samples()).add(rate);
        }
      }
    }
    Figures figures = bench.figures();
    figures.panel("Deliveries a second by the webhooks of an event", "a second");
    for (int size : SIZES) {
      figures.add(bench.key(size + "_per_second"), size + " webhooks", rates.get(size));
    }
    figures.panel("Divided by those to 1 webhook", "times");
    for (int size : SIZES) {
      Samples ratio = rates.get(size).dividedBy(rates.get(1));
      figures.add(bench.key(size + "_vs_1"), size + " webhooks", size == 1 ? new Samples() : ratio);
    }
  }
}
