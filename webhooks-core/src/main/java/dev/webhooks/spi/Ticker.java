package dev.webhooks.spi;

/**
 * Measures elapsed time: a number of nanoseconds that only grows and means nothing by itself.
 * Implementations are thread-safe.
 */
@FunctionalInterface
public interface Ticker {
  /** Returns the present reading in nanoseconds. */
  long read();

  /** Returns the JVM's monotonic clock. */
  static Ticker system() {
    return System::nanoTime;
  }
}
