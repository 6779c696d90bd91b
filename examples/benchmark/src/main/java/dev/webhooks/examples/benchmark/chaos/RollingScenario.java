package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Replaces three instances one after the other, as a deployment does, under load. */
record RollingScenario() implements Scenario {
  private static final int RATE = 40;
  private static final Duration LONGEST_CLOSE = Duration.ofMinutes(3);

  @Override
  public String name() {
    return "rolling";
  }

  @Override
  public int usualSize() {
    return 60;
  }

  @Override
  public String unit() {
    return "seconds";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeTheUsual();
    stage.load(RATE);
    stage.start("a", "b", "c");
    stage.run("warming up", Duration.ofSeconds(2));
    long began = System.nanoTime();
    double longestClose = 0;
    int restarts = 0;
    for (int round = 0;
        round == 0 || System.nanoTime() - began < Duration.ofSeconds(size).toNanos();
        round++) {
      for (String name : List.of("a", "b", "c")) {
        Member old = stage.cluster().running().stream()
            .filter(member -> member.name().equals(name))
            .findFirst()
            .orElseThrow();
        stage.mark("replace");
        longestClose = Math.max(longestClose, old.terminate(LONGEST_CLOSE).toMillis() / 1e3);
        stage.launch(name, Map.of()).awaitReady();
        restarts++;
        stage.run("replaced " + restarts, Duration.ofSeconds(1));
      }
    }
    stage.drain(Duration.ofMinutes(5));
    Findings findings = new Checker(stage).check();
    findings.reportPromises(stage.report());
    stage.report().fact("restarts", restarts);
    stage.report().atMost("duplicates", 0, findings.duplicates());
    stage.report().atMost("longest_close_seconds", 32, longestClose);
    stage.report().atMost("takeovers", 0, findings.log().burials().size());
  }
}
