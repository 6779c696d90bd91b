package dev.webhooks.examples.benchmark.chaos;

import java.time.Duration;
import java.util.Locale;

/** Shows how a scenario goes: what is done, what remains, and how fast it is. */
final class Progress {
  private static final long SHOW_EVERY = Duration.ofSeconds(5).toNanos();

  private final String scenario;
  private final Stage stage;
  private long shownAt = System.nanoTime();
  private int shownArrivals;

  Progress(String scenario, Stage stage) {
    this.scenario = scenario;
    this.stage = stage;
  }

  void say(String text) {
    System.out.println("  " + scenario + ": " + text);
  }

  /** Sleeps for a while, showing how things go. */
  void run(String what, Duration time) throws InterruptedException {
    long began = System.nanoTime();
    long left = time.toNanos();
    while (left > 0) {
      Thread.sleep(Math.max(1, Math.min(500, left / 1_000_000)));
      left = began + time.toNanos() - System.nanoTime();
      tick(what + ", " + (time.toSeconds() - Math.max(0, left) / 1_000_000_000) + " of "
          + time.toSeconds() + " s");
    }
  }

  /** Shows a line if the last one is some seconds old. */
  void tick(String what) {
    long now = System.nanoTime();
    if (now - shownAt < SHOW_EVERY) {
      return;
    }
    int arrivals = stage.receiver().arrivals().size();
    double rate = (arrivals - shownArrivals) / ((now - shownAt) / 1e9);
    shownAt = now;
    shownArrivals = arrivals;
    say(String.format(
        Locale.ROOT,
        "%s: %d instances, %,d orders committed, %,d requests arrived, %,.0f a second",
        what,
        stage.cluster().running().size(),
        stage.cluster().count("ack"),
        arrivals,
        rate));
  }
}
