package dev.webhooks.fuzz;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Gives a test a great many inputs, the same ones in each build.
 *
 * <p>{@code -Dfuzz.seconds=60} goes on for that long in each test, from a seed of its own that is
 * printed; {@code -Dfuzz.seed=…} starts from a given one.
 */
public final class Fuzzing {
  private static final Long SECONDS = Long.getLong("fuzz.seconds");
  private static final Long SEED = Long.getLong("fuzz.seed");

  private Fuzzing() {}

  /**
   * Tries inputs until there are enough, or one of them fails.
   *
   * @param what names the test in what is printed
   * @param inputs how many, unless a time is given
   * @param attempt makes one input, tries it, and throws if something is wrong
   */
  public static void run(String what, int inputs, Consumer<Inputs> attempt) {
    long seed = SEED != null ? SEED : SECONDS == null ? what.hashCode() : System.nanoTime();
    Inputs source = new Inputs(new Random(seed));
    long end =
        System.nanoTime() + (SECONDS == null ? 0 : Duration.ofSeconds(SECONDS).toNanos());
    long tried = 0;
    try {
      while (SECONDS == null ? tried < inputs : System.nanoTime() - end < 0) {
        attempt.accept(source);
        tried++;
      }
    } catch (RuntimeException | Error e) {
      throw new AssertionError(
          what + ": input " + tried + " from -Dfuzz.seed=" + seed + ": " + source.last(), e);
    }
    if (SECONDS != null) {
      System.out.println(
          "fuzz: " + what + ": " + tried + " inputs from seed " + seed + ", 0 failed");
    }
  }
}
