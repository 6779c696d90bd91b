package dev.webhooks.spi;

import java.time.Duration;

/**
 * Runs the engine's background work: a few loops on threads of their own, and attempts on many.
 * Tests plug in one that runs everything on the calling thread when told.
 */
public interface TaskRunner extends AutoCloseable {
  /**
   * Starts a loop on a thread of its own. A fault that escapes one round is logged and the loop
   * goes on.
   *
   * @param name the thread's name
   * @param body what to do again and again
   * @return a handle to wake or stop it
   */
  Loop loop(String name, LoopBody body);

  /**
   * Runs an attempt on a thread of its own; the engine bounds how many run at once.
   *
   * @param attempt what to run
   * @throws java.util.concurrent.RejectedExecutionException if the runner is closed
   */
  void execute(Runnable attempt);

  /**
   * Returns whether attempts may begin at this moment; they always may unless the runner says
   * otherwise. While they may not, the engine starts none and keeps no configuration of a webhook,
   * so that what begins later is sent as the store says by then. A runner that lets them begin
   * again wakes all loops. Asked for each attempt, so it must be fast.
   */
  default boolean mayBegin() {
    return true;
  }

  /** Ends every thread, interrupting what still runs. */
  @Override
  void close();

  /** One round of a loop. */
  @FunctionalInterface
  interface LoopBody {
    /**
     * Does one round.
     *
     * @return how long to wait before the next round; zero for at once. {@link Loop#wake()} ends
     *     the wait early.
     * @throws InterruptedException if the loop is being stopped
     */
    Duration run() throws InterruptedException;
  }

  /** A running loop. */
  interface Loop {
    /** Starts the next round now, or right after the present one if one is running. */
    void wake();

    /**
     * Stops the loop after the present round.
     *
     * @param patience how long to wait for the present round to end before its thread is
     *     interrupted
     * @return whether the present round had ended by then
     */
    boolean stop(Duration patience);
  }
}
