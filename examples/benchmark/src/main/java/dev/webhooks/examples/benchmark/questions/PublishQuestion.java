package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.report.Samples;
import java.time.Duration;

/**
 * Measures the cost of publishing to a transaction of the host that inserts one row: the median
 * time of the transaction with an event, divided by that without. First on an instance that only
 * publishes, so that the sending of what was published, which needs the same processors, does not
 * count; then, for comparison, on one that sends as well.
 */
final class PublishQuestion implements Question {
  private static final int[] THREADS = {1, 8};
  private static final int MILLIS = 3_000;

  @Override
  public String name() {
    return "publish";
  }

  @Override
  public int steps(Options options) {
    return 2 * THREADS.length * (options.runs() + options.warmUps());
  }

  @Override
  public void ask(Bench bench) throws Exception {
    if (!bench.options().url().isEmpty()) {
      throw new IllegalArgumentException("publish needs two databases of its own");
    }
    Host.Settings settings = bench.database("benchmark_publish");
    Host publishing = bench.launch("publishing", Peer.OURS, settings.publishingOnly());
    publishing.awaitReady().subscribe(bench.receiver().urls("ok", bench.nextRun(), Bench.WEBHOOKS));
    for (int threads : THREADS) {
      measure(bench, publishing, threads, "");
    }
    publishing.close();
    Host sending = bench.launch("sending", Peer.OURS, bench.database("benchmark_publish_sending"));
    sending.awaitReady().subscribe(bench.receiver().urls("ok", bench.nextRun(), Bench.WEBHOOKS));
    for (int threads : THREADS) {
      measure(bench, sending, threads, "_while_sending");
    }
  }

  private static void measure(Bench bench, Host host, int threads, String suffix) throws Exception {
    Options options = bench.options();
    Duration time = Duration.ofMillis(options.scaled(MILLIS));
    Samples without = new Samples();
    Samples with = new Samples();
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      bench.step("publish: " + host.name() + ", " + threads + " threads, run " + (run + 1));
      boolean eventFirst = run % 2 == 1; // Neither always follows the other.
      double first = host.transactions(threads, eventFirst, time).decimal("p50");
      double second = host.transactions(threads, !eventFirst, time).decimal("p50");
      double plain = eventFirst ? second : first;
      double event = eventFirst ? first : second;
      bench.say("p50 without " + plain + " ms, with " + event + " ms");
      if (!suffix.isEmpty()) {
        host.awaitIdle();
      }
      if (run >= options.warmUps()) {
        without.add(plain);
        with.add(event);
      }
    }
    String name = suffix + (threads == 1 ? "" : "_" + threads + "_threads");
    bench.figures().panel("A host's transaction, p50", "ms");
    bench.figures().add(bench.key("without_event_p50_ms" + name), without);
    bench.figures().add(bench.key("with_event_p50_ms" + name), with);
    bench.figures().panel("With an event divided by without", "times");
    bench.figures().add(bench.key("p50_ratio" + name), with.dividedBy(without));
  }
}
