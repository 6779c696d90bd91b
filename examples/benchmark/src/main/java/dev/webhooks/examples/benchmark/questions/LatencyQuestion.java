package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Receiver.Arrivals;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Figures;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** Measures the time from the start of publish to the arrival, at 300 events a second. */
final class LatencyQuestion implements Question {
  private static final int RATE = 300;
  private static final int SECONDS = 20;
  private static final int PUBLISHERS = 16;

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public int steps(Options options) {
    return (options.runs() + options.warmUps()) * Peer.values().length;
  }

  @Override
  public void ask(Bench bench) throws Exception {
    Options options = bench.options();
    Map<Peer, Host> hosts = bench.launchAll(Peer.values());
    Words work = Words.of("topics=" + Bench.WEBHOOKS)
        .with("events", options.scaled(RATE * SECONDS))
        .with("rate", RATE)
        .with("publishers", PUBLISHERS);
    Map<Peer, List<Arrivals>> runs = new EnumMap<>(Peer.class);
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      List<Peer> order = new ArrayList<>(List.of(Peer.values()));
      Collections.rotate(order, run);
      for (Peer peer : order) {
        bench.step("latency: run " + (run + 1) + ", " + peer.key());
        Arrivals arrivals = bench.run(hosts.get(peer), Bench.WEBHOOKS, work).arrivals();
        bench.say("p50 " + arrivals.p50() + " ms, p99 " + arrivals.p99() + " ms");
        if (run >= options.warmUps()) {
          runs.computeIfAbsent(peer, key -> new ArrayList<>()).add(arrivals);
        }
      }
    }
    report(bench, "p50", runs, Arrivals::p50);
    report(bench, "p99", runs, Arrivals::p99);
    report(bench, "p999", runs, Arrivals::p999);
  }

  private static void report(
      Bench bench,
      String name,
      Map<Peer, List<Arrivals>> runs,
      ToDoubleFunction<Arrivals> percentile) {
    Figures figures = bench.figures();
    figures.panel("From the start of publish to the arrival, " + name, "ms");
    Map<Peer, Samples> samples = new EnumMap<>(Peer.class);
    runs.forEach((peer, arrivals) -> {
      Samples millis = new Samples();
      arrivals.forEach(run -> millis.add(percentile.applyAsDouble(run)));
      samples.put(peer, millis);
      figures.add(bench.key(peer.key() + "_" + name + "_ms"), peer.label(), millis);
    });
    Samples ours = samples.get(Peer.OURS);
    for (Peer peer : List.of(Peer.OKHTTP, Peer.DB_SCHEDULER)) {
      figures.panel("Ours divided by " + peer.label(), "times");
      figures.add(bench.key(name + "_vs_" + peer.key()), name, ours.dividedBy(samples.get(peer)));
    }
  }
}
