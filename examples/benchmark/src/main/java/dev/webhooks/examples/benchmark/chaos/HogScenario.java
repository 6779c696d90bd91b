package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The host of one instance uses up its connection pool for a while. */
record HogScenario() implements Scenario {
  private static final int RATE = 30;

  @Override
  public String name() {
    return "hog";
  }

  @Override
  public int usualSize() {
    return 30;
  }

  @Override
  public String unit() {
    return "seconds";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeTheUsual();
    stage.load(RATE);
    List<Member> members = stage.start("a", "b", "c");
    Member hog = members.get(0);
    stage.run("warming up", Duration.ofSeconds(15));
    Period before = Period.from(stage, System.nanoTime());
    stage.run("before", Duration.ofSeconds(10));
    before = before.until(System.nanoTime());
    stage.mark("pool taken");
    hog.tell("hog " + size);
    Patience.require("taking all connections", Duration.ofMinutes(1), () -> hog.said("hogging"));
    Period during = Period.from(stage, System.nanoTime());
    Patience.require("the end of the hogging", Duration.ofSeconds(size + 60L), () -> {
      stage.run("the pool of one is used up", Duration.ofSeconds(1));
      return hog.said("hogged");
    });
    during = during.until(System.nanoTime());
    stage.mark("pool back");
    stage.run("the pool is back", Duration.ofSeconds(10));
    stage.drain(Duration.ofMinutes(2));

    Findings findings = new Checker(stage).check();
    Report report = stage.report();
    findings.reportPromises(report);
    report.fact("duplicates", findings.duplicates());
    report.exactly(
        "taken_over_from_the_living", 0, findings.log().takeoversFromTheLiving(stage.moments()));
    Map<String, Long> refusals = hog.outcomes().stream()
        .filter(Outcome::refused)
        .collect(Collectors.groupingBy(Outcome::detail, Collectors.counting()));
    report.note("publishing in the instance without connections was refused: " + refusals);
    report.fact(
        "refused_there", refusals.values().stream().mapToLong(Long::longValue).sum());
    report.exactly(
        "refused_elsewhere",
        0,
        members.stream()
            .skip(1)
            .flatMap(member -> member.outcomes().stream())
            .filter(Outcome::refused)
            .count());
    Latencies undisturbed = before.latencies(life -> life != hog.life());
    Latencies others = during.latencies(life -> life != hog.life());
    report.fact("others_before_median_ms", undisturbed.median());
    report.atMost("others_during_median_ms", 1.5 * undisturbed.median(), others.median());
    report.fact("others_before_p99_ms", undisturbed.p99());
    report.fact("others_during_p99_ms", others.p99());
  }
}
