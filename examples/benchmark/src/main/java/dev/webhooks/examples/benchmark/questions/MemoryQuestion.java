package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Progress;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.List;

/**
 * Measures memory: bytes allocated for each delivery, publishing included, by each peer; and the
 * heap of a JVM with 256 MB that sends for 20 minutes, slowly, while a million deliveries wait. Its
 * old generation is looked at after full collections: the last 10 minutes must not differ.
 */
final class MemoryQuestion implements Question {
  private static final int EVENTS = 20_000;
  private static final int PUBLISHERS = 64;
  private static final int PENDING = 1_000_000;
  private static final String SMALL_HEAP = "256m";
  private static final int SECONDS = 1_200;
  private static final int LOOKS = 40;
  /**
   * The number of looks that make up each end of the last half; they may go up and down in turn.
   */
  private static final int END = 10;

  private static final double MEGABYTE = 1 << 20;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public int steps(Options options) {
    return Peer.values().length * (options.runs() + options.warmUps()) + 2;
  }

  @Override
  public void ask(Bench bench) throws Exception {
    allocation(bench);
    heap(bench);
  }

  private static void allocation(Bench bench) throws Exception {
    Options options = bench.options();
    Words work = Words.of("topics=" + Bench.WEBHOOKS)
        .with("events", options.scaled(EVENTS))
        .with("publishers", PUBLISHERS);
    for (Host host : bench.launchAll(Peer.values()).values()) {
      Samples bytes = new Samples();
      for (int run = 0; run < options.warmUps() + options.runs(); run++) {
        bench.step("memory: allocation of " + host.name() + ", run " + (run + 1));
        long before = host.memory().large("allocated");
        bench.run(host, Bench.WEBHOOKS, work);
        double each = (double) (host.memory().large("allocated") - before) / work.number("events");
        if (run >= options.warmUps()) {
          bytes.add(each / 1_024);
        }
      }
      bench.figures().panel("Allocated for each delivery, publishing included", "KB");
      bench.figures().add(bench.key(host.name() + "_allocated_kb_per_delivery"), bytes);
      host.close();
    }
  }

  private static void heap(Bench bench) throws Exception {
    Host.Settings settings = bench.database("benchmark_heap").account("heap");
    int pending = bench.options().scaled(PENDING);
    bench.step("memory: publishing " + pending + " deliveries");
    Host publishing = bench.launch("publishing", Peer.OURS, settings.publishingOnly());
    publishing
        .awaitReady()
        .subscribe(bench.receiver().urls("slow", bench.nextRun(), Bench.WEBHOOKS));
    bench.fill(publishing, 0, pending);
    publishing.close();
    bench.step("memory: sending slowly with a heap of " + SMALL_HEAP);
    Host sending = bench.launch("sending", Peer.OURS, settings.heap(SMALL_HEAP)).awaitReady();
    Samples old = new Samples();
    Progress.Step step = bench.count("looking at the heap", "looks", LOOKS);
    for (int look = 0; look < LOOKS; look++) {
      Thread.sleep(bench.options().scaled(SECONDS * 1_000 / LOOKS));
      old.add(sending.memory().large("old") / MEGABYTE);
      step.done(look + 1);
    }
    List<Double> looks = old.values();
    double from = mean(looks.subList(LOOKS / 2, LOOKS / 2 + END));
    double to = mean(looks.subList(LOOKS - END, LOOKS));
    bench.figures().panel("Old generation of a heap of " + SMALL_HEAP, "MB");
    bench.figures().add(bench.key("old_generation_mb"), old);
    bench.figures().panel("Its rise in the last half", "%");
    bench.figures().add(bench.key("old_generation_rise_pct"), 100 * (to - from) / from);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(value -> value).average().orElseThrow();
  }
}
