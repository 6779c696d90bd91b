package dev.webhooks.examples.benchmark.chaos;

import java.nio.file.Files;
import java.time.Duration;
import java.util.stream.Stream;

/**
 * Works off a queue of a million behind a log of five millions, and a small one before and after
 * it: it must be about as fast, and a small heap must do.
 */
record BacklogScenario() implements Scenario {
  private static final int ENDPOINTS = 100;
  private static final int FINISHED_FOR_EACH_PENDING = 5;
  private static final int DAYS_OLD = 10;

  @Override
  public String name() {
    return "backlog";
  }

  @Override
  public int usualSize() {
    return 1_000_000;
  }

  @Override
  public String unit() {
    return "pending deliveries";
  }

  @Override
  public void play(Stage stage, int size) throws Exception {
    int measured = size / 10;
    double before = drain(stage, "small_before", measured, measured, 0);
    double large = drain(stage, "large", size, measured, size * FINISHED_FOR_EACH_PENDING);
    double after = drain(stage, "small_after", measured, measured, 0);
    stage.report().fact("per_second_small_before", before);
    stage.report().fact("per_second_large", large);
    stage.report().fact("per_second_small_after", after);
    stage.report().atLeast("throughput_ratio", 0.9, large / ((before + after) / 2));
  }

  private static double drain(Stage stage, String name, int pending, int measured, int finished)
      throws Exception {
    try (Stage run = stage.another(name)) {
      run.subscribeQuick(ENDPOINTS);
      seedFinished(run, finished);
      run.queue(pending, 0, ENDPOINTS);
      Member instance = run.start("a").get(0);
      double rate = Draining.measure(run, measured, Duration.ofMinutes(15));
      instance.tell("heap");
      boolean told = Patience.until(Duration.ofMinutes(1), () -> instance.said("heap "));
      run.report().exactly(name + "_alive", 1, instance.isRunning() && told ? 1 : 0);
      if (told) {
        double used = Double.parseDouble(instance.lastNote("heap ").split(" ")[1]);
        run.report().fact(name + "_old_generation_mb", used / (1 << 20));
      }
      run.report().exactly(name + "_out_of_memory_lines", 0, outOfMemory(instance));
      return rate;
    }
  }

  private static void seedFinished(Stage stage, int rows) throws Exception {
    if (rows == 0) {
      return;
    }
    Seeds.finished(stage, rows, DAYS_OLD, false);
  }

  private static long outOfMemory(Member instance) throws Exception {
    try (Stream<String> lines = Files.lines(instance.log())) {
      return lines.filter(line -> line.contains("OutOfMemoryError")).count();
    }
  }
}
