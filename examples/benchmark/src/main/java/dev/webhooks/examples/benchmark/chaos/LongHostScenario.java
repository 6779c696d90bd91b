package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.List;

/** A host keeps the transaction in which it published open for minutes; the others go on. */
record LongHostScenario() implements Scenario {
  private static final int RATE = 50;

  @Override
  public String name() {
    return "longhost";
  }

  @Override
  public int usualSize() {
    return 600;
  }

  @Override
  public String unit() {
    return "seconds";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeQuick(8);
    stage.load(RATE);
    List<Member> members = stage.start("a", "b");
    stage.run("warming up", Duration.ofSeconds(15));
    Period before = Period.from(stage, System.nanoTime());
    stage.run("before", Duration.ofSeconds(Math.max(20, size / 2)));
    before = before.until(System.nanoTime());
    stage.mark("transaction opens");
    members.get(0).tell("hold " + size);
    Period during = Period.from(stage, System.nanoTime());
    stage.run("a transaction is open", Duration.ofSeconds(size));
    during = during.until(System.nanoTime());
    Patience.require(
        "the long commit", Duration.ofMinutes(1), () -> members.get(0).said("held "));
    stage.mark("commits");
    long held = Long.parseLong(members.get(0).lastNote("held ").split(" ")[1]);
    stage.drain(Duration.ofMinutes(1));

    Findings findings = new Checker(stage).check();
    Report report = stage.report();
    findings.reportPromises(report);
    report.exactly("duplicates", 0, findings.duplicates());
    int[] ofTheLongOne = new int[1];
    stage.receiver().arrivals().forEach(arrival -> {
      if (arrival.order() == held) {
        ofTheLongOne[0]++;
      }
    });
    report.exactly("arrivals_of_the_long_one", 1, ofTheLongOne[0]);
    // The long one itself is published within the time, and arrives long after.
    Latencies calm = before.latencies(life -> true);
    Latencies meanwhile = during.latencies(life -> true);
    report.fact("median_before_ms", calm.median());
    report.atMost("median_during_ms", 1.5 * calm.median(), meanwhile.median());
    report.fact("p99_before_ms", calm.p99());
    report.atMost("p99_during_ms", 1.5 * calm.p99(), meanwhile.p99());
  }
}
