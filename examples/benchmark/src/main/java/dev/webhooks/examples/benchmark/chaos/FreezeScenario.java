package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.List;

/**
 * Stops one of three instances with SIGSTOP for longer than it takes to be declared dead, then lets
 * it go on.
 */
record FreezeScenario() implements Scenario {
  private static final int RATE = 40;
  private static final int IN_FLIGHT = 256;

  @Override
  public String name() {
    return "freeze";
  }

  @Override
  public int usualSize() {
    return 40;
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
    stage.run("warming up", Duration.ofSeconds(3));
    stage.mark("frozen");
    members.get(0).freeze();
    stage.run("one is frozen", Duration.ofSeconds(size));
    stage.mark("goes on");
    members.get(0).thaw();
    stage.run("it goes on", Duration.ofSeconds(5));
    stage.drain(Duration.ofMinutes(2));
    Findings findings = new Checker(stage).check();
    findings.reportPromises(stage.report());
    stage.report().atMost("duplicates", IN_FLIGHT, findings.duplicates());
    // Otherwise nothing was tried.
    stage.report().exactly("takeovers", 1, findings.log().burials().size());
    stage.report().exactly("found_itself_dead", 1, findings.log().declaredDead());
  }
}
