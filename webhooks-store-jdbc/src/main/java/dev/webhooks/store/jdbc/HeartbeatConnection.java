package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection for the heartbeat of one instance, kept between beats. Thread-safe.
 *
 * <p>If the heartbeat had to wait for a pool that the host has used up, other instances would
 * declare this one dead and repeat its work.
 *
 * <p>A kept connection grows stale: after a fail-over it may lead to a server that takes no more
 * writes. So it is exchanged every {@link #EXCHANGE_EVERY}, if the pool has another, and released
 * after a fault.
 *
 * <p>A pool's last connection is never kept, since nothing else could work then. Only a second
 * connection is kept, which the pool lends beside the one in use. With a pool of one, each beat
 * borrows.
 */
@SuppressWarnings("ReferenceEquality") // A pool's connections may be equal.
final class HeartbeatConnection implements ConnectionSource {
  /** The interval of exchanges; pools usually report a connection as leaked later than that. */
  static final Duration EXCHANGE_EVERY = Duration.ofSeconds(20);

  /** The longest wait for another connection. It is short, since the beat waits meanwhile. */
  static final Duration EXCHANGE_TIMEOUT = Duration.ofMillis(500);

  private final DataSourceConnections pool;
  private final Duration exchangeTimeout;
  private final LongSupplier nanoClock;
  private @Nullable Connection kept;
  private boolean keptIsInUse;
  private long exchangeAt;
  private boolean closed;

  /**
   * Creates a source that keeps no connection yet.
   *
   * @param exchangeTimeout the longest wait for a connection to exchange
   * @param nanoClock a monotonic clock, as {@link System#nanoTime}
   */
  HeartbeatConnection(
      DataSourceConnections pool, Duration exchangeTimeout, LongSupplier nanoClock) {
    this.pool = pool;
    this.exchangeTimeout = exchangeTimeout;
    this.nanoClock = nanoClock;
    this.exchangeAt = nanoClock.getAsLong();
  }

  /** Returns the kept connection, or else borrows one from the pool. */
  @Override
  public Connection borrow() {
    Connection own = takeKept();
    if (own != null && isClosed(own)) {
      release(own, false);
      own = null;
    }
    return own == null ? pool.borrow() : own;
  }

  private synchronized @Nullable Connection takeKept() {
    if (kept == null || keptIsInUse) {
      return null;
    }
    keptIsInUse = true;
    return kept;
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      return true;
    }
  }

  /** {@inheritDoc} May keep it, or another one in its place. */
  @Override
  public void release(Connection connection, boolean wentWell) {
    Connection another = null;
    try {
      another = wentWell && mayExchange() ? borrowAnother() : null;
    } finally {
      Connection now = keepOneOf(connection, another, wentWell);
      if (now != connection) {
        pool.release(connection, wentWell);
      }
      if (another != null && now != another) {
        pool.release(another, true);
      }
    }
  }

  private synchronized boolean mayExchange() {
    long now = nanoClock.getAsLong();
    if (closed || now - exchangeAt < 0) {
      return false;
    }
    exchangeAt = now + EXCHANGE_EVERY.toNanos();
    return true;
  }

  private @Nullable Connection borrowAnother() {
    try {
      return pool.borrow(exchangeTimeout);
    } catch (StoreUnavailableException e) {
      return null;
    }
  }

  /** Returns the connection that is kept from now on, if any. */
  private synchronized @Nullable Connection keepOneOf(
      Connection used, @Nullable Connection another, boolean wentWell) {
    boolean usedWasKept = used == kept;
    if (usedWasKept) {
      kept = null;
      keptIsInUse = false;
    }
    if (!wentWell) {
      exchangeAt = nanoClock.getAsLong();
      return null;
    }
    if (closed || kept != null) {
      return null;
    }
    if (another != null) {
      kept = another;
    } else if (usedWasKept) {
      kept = used;
    }
    return kept;
  }

  /** Stops keeping a connection; one in use is released after its use. */
  void close() {
    Connection idle;
    synchronized (this) {
      closed = true;
      idle = keptIsInUse ? null : kept;
      if (idle != null) {
        kept = null;
      }
    }
    if (idle != null) {
      pool.release(idle, true);
    }
  }
}
