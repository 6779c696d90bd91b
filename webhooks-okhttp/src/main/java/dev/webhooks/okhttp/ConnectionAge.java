package dev.webhooks.okhttp;

import dev.webhooks.spi.Ticker;
import java.time.Duration;

/**
 * Bounds how long a connection is used: those of a host are made in generations, one after the
 * other, and an attempt uses none of a former one.
 */
final class ConnectionAge {
  static final Duration MAX = Duration.ofSeconds(60);

  private final Ticker ticker;

  ConnectionAge(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * Returns the present generation of a host's connections; hosts change it at moments of their
   * own.
   */
  long generation(String host) {
    long offset = Math.floorMod(host.hashCode() * 0x9e3779b97f4a7c15L, MAX.toNanos());
    return Math.floorDiv(ticker.read() + offset, MAX.toNanos());
  }
}
