package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Kills one of three instances every few seconds, under load, and starts it again at once. */
record KillScenario(int secondsBetween) implements Scenario {
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final int RATE = 40;
  /**
   * The most deliveries that one instance may have in flight and in a batch of outcomes not yet
   * written.
   */
  private static final int REPEATS_OF_A_KILL = 256 + 500;

  @Override
  public String name() {
    return "kill";
  }

  @Override
  public int usualSize() {
    return 300;
  }

  @Override
  public String unit() {
    return "seconds";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    stage.subscribeTheUsual();
    stage.load(RATE);
    stage.start(NAMES.toArray(new String[0]));
    stage.run("warming up", Duration.ofSeconds(3));
    int all = (size + secondsBetween - 1) / secondsBetween;
    int kills = 0;
    for (int second = 0; second < size; second += secondsBetween) {
      String name = NAMES.get(kills % NAMES.size());
      // An instance that is not back yet is killed while it starts, which counts as well.
      Member victim = stage.cluster().running().stream()
          .filter(member -> member.name().equals(name))
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(name + " has ended by itself"));
      stage.mark("kill");
      victim.kill();
      kills++;
      stage.launch(name, Map.of());
      stage.run(
          "killed " + kills + " of " + all,
          Duration.ofSeconds(Math.min(secondsBetween, size - second)));
    }
    stage.drain(Duration.ofMinutes(5));
    Findings findings = new Checker(stage).check();
    findings.reportPromises(stage.report());
    stage.report().fact("kills", kills);
    stage.report().atMost("duplicates", kills * REPEATS_OF_A_KILL, findings.duplicates());
    findings.orphans().report(stage.report(), 20);
    stage
        .report()
        .atMost(
            "taken_over_from_the_living",
            0,
            findings.log().takeoversFromTheLiving(stage.moments()));
  }
}
