package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;

/** Four instances send events with nothing in their way: a silent log and no repeats. */
record CalmScenario() implements Scenario {
  private static final int INSTANCES = 4;

  @Override
  public String name() {
    return "calm";
  }

  @Override
  public int usualSize() {
    return 10_000;
  }

  @Override
  public String unit() {
    return "events";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeQuick(8);
    stage.subscribe(new Endpoint(8, Behaviour.OK, Endpoint.EVERY_KIND));
    stage.start("a", "b", "c", "d");
    stage.cluster().tellAll("publish " + size / INSTANCES);
    stage.drain(Duration.ofMinutes(5));
    Findings findings = new Checker(stage).check();
    findings.reportPromises(stage.report());
    stage.report().exactly("duplicates", 0, findings.duplicates());
    stage.report().exactly("warnings_and_errors", 0, findings.log().troubles().size());
  }
}
