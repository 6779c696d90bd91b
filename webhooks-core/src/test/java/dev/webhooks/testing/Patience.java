package dev.webhooks.testing;

import java.time.Duration;

/**
 * The time that tests wait for what has to come. A wait ends as soon as it is there, so that
 * patience costs time only where something is wrong; and a machine may be busy with other things.
 */
public final class Patience {
  /** A wait, in seconds. */
  public static final int SECONDS = 300;

  /** A wait. */
  public static final Duration LONG = Duration.ofSeconds(SECONDS);

  /** The end of a test that hangs, in seconds: after its waits, which say what did not come. */
  public static final int OF_A_TEST = 2 * SECONDS;

  private Patience() {}
}
