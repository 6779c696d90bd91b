package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection on which one instance beats, kept from beat to beat. Thread-safe.
 *
 * <p>An instance that had to borrow for each beat would be declared dead, and its work repeated by
 * others, whenever its host uses up the pool for some seconds, although nothing is wrong with it.
 *
 * <p>What is kept grows stale: a pool renews its connections, and after a fail-over an old one may
 * lead to a server that takes no writes any more. So every {@link #EXCHANGE_EVERY} it is exchanged
 * for another one, if the pool has one, and after a fault it is given back at once.
 *
 * <p>A pool's last connection is never kept, since nothing else could work then: what is kept is
 * what the pool has lent beside the connection in use. Hence all instances that share a pool keep
 * its connections but one at the most, and with a pool of one each beat borrows.
 */
@SuppressWarnings("ReferenceEquality") // It is about which connection it is, whatever equals says.
final class HeartbeatConnection implements ConnectionSource {
  /** Shorter than the times after which pools usually report a connection as leaked. */
  static final Duration EXCHANGE_EVERY = Duration.ofSeconds(20);

  /**
   * The time to wait for another connection. Short, since a beat waits for it, and so do others for
   * the connection in use.
   */
  static final Duration EXCHANGE_TIMEOUT = Duration.ofMillis(500);

  private final DataSourceConnections pool;
  private final Duration exchangeTimeout;
  private final LongSupplier nanoClock;
  private @Nullable Connection kept;
  private boolean keptIsInUse;
  private long exchangeAt;
  private boolean closed;

  /**
   * Keeps no connection yet.
   *
   * @param exchangeTimeout how long to wait for one to exchange it for
   * @param nanoClock a monotonic clock, as {@link System#nanoTime}
   */
  HeartbeatConnection(
      DataSourceConnections pool, Duration exchangeTimeout, LongSupplier nanoClock) {
    this.pool = pool;
    this.exchangeTimeout = exchangeTimeout;
    this.nanoClock = nanoClock;
    this.exchangeAt = nanoClock.getAsLong();
  }

  /** Returns the kept connection, or without one what the pool lends. */
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

  /** {@inheritDoc} Keeps it, or better another one, unless there is reason not to. */
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

  /** Returns which of the two is kept from now on, if any. */
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

  /** Keeps nothing any more; a connection in use at this moment goes back after its use. */
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
