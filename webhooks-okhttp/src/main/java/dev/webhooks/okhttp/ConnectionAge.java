package dev.webhooks.okhttp;

import dev.webhooks.spi.Ticker;
import java.time.Duration;

/**
 * The bound on the age of connections. Those of a host belong to generations, and an attempt reuses
 * only the current one.
 */
final class ConnectionAge {
  static final Duration MAX = Duration.ofSeconds(60);

  private final Ticker ticker;

  ConnectionAge(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Returns the current generation of a host's connections; hosts change it at different times. */
  long generation(String host) {
    long offset = Math.floorMod(host.hashCode() * 0x9e3779b97f4a7c15L, MAX.toNanos());
    return Math.floorDiv(ticker.read() + offset, MAX.toNanos());
  }
}
