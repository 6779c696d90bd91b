package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Receiver.Arrivals;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures the speed at which a queue of 1,000, 100,000 or 1,000,000 deliveries is worked off.
 * Another process fills the queue and only publishes; then a new sender starts, in a JVM that is
 * warm, and deliveries a second are taken between the first and the last of the first 20,000 to
 * arrive (of all there are, if there are less, several times over). What has left is filled up
 * before the next run.
 */
final class BacklogQuestion implements Question {
  private static final List<Size> SIZES =
      List.of(new Size("1k", 1_000), new Size("100k", 100_000), new Size("1m", 1_000_000));
  private static final int MEASURED = 20_000;
  private static final int LEAST = 5_000;

  @Override
  public String name() {
    return "backlog";
  }

  @Override
  public int steps(Options options) {
    return SIZES.size() * (options.runs() + options.warmUps());
  }

  @Override
  public void ask(Bench bench) throws Exception {
    bench.requireOwnServer();
    Options options = bench.options();
    List<Queue> queues = new ArrayList<>();
    for (Size size : SIZES) {
      queues.add(new Queue(bench, size));
    }
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      for (Queue queue : queues) {
        bench.step("backlog: run " + (run + 1) + ", " + queue.size.name);
        double rate = queue.measure(bench);
        if (run >= options.warmUps()) {
          queue.rates.add(rate);
        }
      }
    }
    bench.figures().panel("Deliveries a second by how many wait", "a second");
    queues.forEach(
        queue -> bench.figures().add(bench.key(queue.size.name + "_per_second"), queue.rates));
    bench.figures().panel("Divided by those while 1,000 wait", "times");
    Samples small = queues.get(0).rates;
    for (Queue queue : queues.subList(1, queues.size())) {
      bench.figures().add(bench.key(queue.size.name + "_vs_1k"), queue.rates.dividedBy(small));
    }
  }

  private record Size(String name, int usual) {}

  /** A database in which deliveries wait, with a process that publishes and one that sends. */
  private static final class Queue {
    private final Samples rates = new Samples();
    private final Size size;
    private final int pending;
    private final int measured;
    private final int rounds;
    private final int run;
    private final Host publishing;
    private final Host sending;
    private int published;
    private int missing;

    Queue(Bench bench, Size size) throws Exception {
      this.size = size;
      pending = bench.options().scaled(size.usual);
      missing = pending;
      measured = Math.min(pending, bench.options().scaled(MEASURED));
      rounds = Math.max(1, bench.options().scaled(LEAST) / measured);
      run = bench.nextRun();
      Host.Settings settings = bench.database("benchmark_backlog_" + size.name).account("backlog");
      publishing = bench.launch("publishing_" + size.name, Peer.OURS, settings.publishingOnly());
      publishing.awaitReady().subscribe(bench.receiver().urls("ok", run, Bench.WEBHOOKS));
      sending = bench.launch("sending_" + size.name, Peer.OURS, settings);
      sending.awaitReady().stop();
    }

    /** Returns deliveries a second. */
    double measure(Bench bench) throws Exception {
      double seconds = 0;
      for (int round = 0; round < rounds; round++) {
        bench.say("filling up by " + missing);
        bench.fill(publishing, published, missing);
        published += missing;
        bench.settle();
        bench.receiver().expect(run, measured, 1);
        sending.resume();
        Arrivals arrivals = bench.await(sending, measured);
        seconds += (arrivals.last() - arrivals.first()) / 1e9;
        sending.stop();
        missing = bench.receiver().arrivals().distinct();
      }
      return rounds * (measured - 1) / seconds;
    }
  }
}
