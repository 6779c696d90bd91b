package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Borrows connections of the host's data source within a deadline of the store's own. Thread-safe.
 *
 * <p>A pool may wait for half a minute before it says that the database is away, and a driver
 * without time-outs for ever. So a thread of its own asks, and the caller waits for no longer than
 * the deadline; a connection that comes too late goes back at once. While many are waited for in
 * vain, no more are asked for.
 */
final class DataSourceConnections implements ConnectionSource {
  /** The most threads that wait for connections which nobody wants any more. */
  static final int MAX_ABANDONED = 32;

  private final AtomicInteger abandoned = new AtomicInteger();
  /** Threads that are idle end by themselves, so there is nothing to close. */
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "webhooks-connection");
    thread.setDaemon(true);
    return thread;
  });

  private final DataSource dataSource;
  private final Duration timeout;

  DataSourceConnections(DataSource dataSource, Duration timeout) {
    this.dataSource = dataSource;
    this.timeout = timeout;
  }

  /** Returns how long a caller waits for a connection. */
  Duration timeout() {
    return timeout;
  }

  @Override
  public Connection borrow() {
    return borrow(timeout);
  }

  /**
   * Borrows a connection within a deadline that may be shorter than usual, but not longer.
   *
   * @throws StoreUnavailableException if there is none within the deadline
   */
  Connection borrow(Duration deadline) {
    long millis = Math.min(deadline.toMillis(), timeout.toMillis());
    if (abandoned.get() >= MAX_ABANDONED) {
      throw none(
          "the data source has not answered many calls before",
          new TimeoutException("too many calls wait"));
    }
    Loan loan = new Loan();
    try {
      threads.execute(loan);
      return loan.connection.get(millis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw none(FaultMessage.forNoConnection(Objects.requireNonNullElse(e.getCause(), e)), e);
    } catch (TimeoutException e) {
      loan.cancel();
      throw none("the data source has given none within " + millis + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      loan.cancel();
      throw none("the thread was interrupted", e);
    }
  }

  /** Returns a source of the same connections that waits for one no longer than that. */
  ConnectionSource within(Duration deadline) {
    return new ConnectionSource() {
      @Override
      public Connection borrow() {
        return DataSourceConnections.this.borrow(deadline);
      }

      @Override
      public void release(Connection connection, boolean wentWell) {
        DataSourceConnections.this.release(connection, wentWell);
      }
    };
  }

  @Override
  public void release(Connection connection, boolean wentWell) {
    close(connection);
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      discard(connection);
    }
  }

  /** Sees to it that nobody uses a connection again that cannot be put back as it was. */
  static void discard(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is as good as gone already.
    }
  }

  private static StoreUnavailableException none(String why, Throwable cause) {
    return new StoreUnavailableException("no connection to the database: " + why, false, cause);
  }

  /** One connection that is asked for. */
  private final class Loan implements Runnable {
    private final CompletableFuture<Connection> connection = new CompletableFuture<>();

    @Override
    public void run() {
      try {
        Connection borrowed = dataSource.getConnection();
        if (!connection.complete(borrowed)) {
          close(borrowed);
        }
      } catch (SQLException | RuntimeException | Error e) {
        connection.completeExceptionally(e);
      } finally {
        if (connection.isCancelled()) {
          abandoned.decrementAndGet();
        }
      }
    }

    /** Wants the connection no more, even if it has come at this very moment. */
    void cancel() {
      abandoned.incrementAndGet();
      if (connection.cancel(false)) {
        return;
      }
      abandoned.decrementAndGet();
      if (!connection.isCompletedExceptionally()) {
        close(connection.join());
      }
    }
  }
}
