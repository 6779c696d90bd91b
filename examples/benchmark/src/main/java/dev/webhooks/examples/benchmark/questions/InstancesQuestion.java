package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.process.Host;
import dev.webhooks.examples.benchmark.process.Words;
import dev.webhooks.examples.benchmark.report.Samples;
import java.util.ArrayList;
import java.util.List;

/**
 * Deliveries a second by 1, 2 and 3 processes that share a database and the publishers. All share
 * this machine, too: more processes can only be faster as far as it has processors for them.
 */
final class InstancesQuestion implements Question {
  private static final int MOST = 3;
  private static final int EVENTS = 20_000;
  private static final int PUBLISHERS = 60;

  @Override
  public String name() {
    return "instances";
  }

  @Override
  public int steps(Options options) {
    return MOST * (options.runs() + options.warmUps());
  }

  @Override
  public void ask(Bench bench) throws Exception {
    bench.requireOwnServer();
    Options options = bench.options();
    List<List<Host>> clusters = new ArrayList<>();
    List<Samples> rates = new ArrayList<>();
    for (int size = 1; size <= MOST; size++) {
      clusters.add(launch(bench, size));
      rates.add(new Samples());
    }
    for (int run = 0; run < options.warmUps() + options.runs(); run++) {
      for (int size = 1; size <= MOST; size++) {
        bench.step("instances: run " + (run + 1) + ", " + size + " processes");
        double rate = measure(bench, clusters.get(size - 1));
        if (run >= options.warmUps()) {
          rates.get(size - 1).add(rate);
        }
      }
    }
    bench.figures().panel("Deliveries a second by the number of processes", "a second");
    for (int size = 1; size <= MOST; size++) {
      bench.figures().add(bench.key(size + "_per_second"), rates.get(size - 1));
    }
    bench.figures().panel("Divided by those of 1 process", "times");
    for (int size = 2; size <= MOST; size++) {
      bench.figures().add(bench.key(size + "_vs_1"), rates.get(size - 1).dividedBy(rates.get(0)));
    }
  }

  private static List<Host> launch(Bench bench, int size) throws Exception {
    Host.Settings settings = bench.database("benchmark_of_" + size).account("account-of-" + size);
    List<Host> hosts = new ArrayList<>();
    for (int number = 1; number <= size; number++) {
      hosts.add(bench.launch("host_" + size + "_" + number, Peer.OURS, settings));
    }
    for (Host host : hosts) {
      host.awaitReady();
    }
    return hosts;
  }

  private static double measure(Bench bench, List<Host> hosts) throws Exception {
    int run = bench.nextRun();
    int each = bench.options().scaled(EVENTS) / hosts.size();
    int all = each * hosts.size();
    hosts.get(0).subscribe(bench.receiver().urls("ok", run, Bench.WEBHOOKS));
    bench.settle();
    bench.receiver().expect(run, all, 1);
    Words work = Words.of("topics=" + Bench.WEBHOOKS)
        .with("events", each)
        .with("publishers", PUBLISHERS / hosts.size());
    for (int number = 0; number < hosts.size(); number++) {
      hosts.get(number).publish(work.with("from", number * each));
    }
    long last = bench.await(hosts.get(0), all).last();
    long began = Long.MAX_VALUE;
    for (Host host : hosts) {
      began = Math.min(began, host.awaitPublished());
    }
    hosts.get(0).awaitIdle();
    return all / ((last - began) / 1e9);
  }
}
