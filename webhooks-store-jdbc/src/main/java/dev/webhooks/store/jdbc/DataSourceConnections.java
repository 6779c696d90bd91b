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
 * Connections of the host's data source, borrowed within a time-out of the store. Thread-safe.
 *
 * <p>A pool may wait half a minute before it reports that the database is away, and a driver may
 * wait for ever. So a thread of its own asks the data source, and the caller waits no longer than
 * the time-out. A connection that comes too late is closed. While too many such threads wait, no
 * new one starts.
 */
final class DataSourceConnections implements ConnectionSource {
  /** The maximum number of threads that wait for a connection after their caller gave up. */
  static final int MAX_ABANDONED = 32;

  private final AtomicInteger abandoned = new AtomicInteger();
  /** Needs no closing, since idle threads end by themselves. */
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

  Duration timeout() {
    return timeout;
  }

  @Override
  public Connection borrow() {
    return borrow(timeout);
  }

  /**
   * Borrows a connection within a deadline; the time-out of this source applies if it is shorter.
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

  /** Returns a source of the same connections with a shorter time-out. */
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

  /** Closes a connection that cannot be restored, so that no one uses it again. */
  static void discard(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // The connection is unusable already.
    }
  }

  private static StoreUnavailableException none(String why, Throwable cause) {
    return new StoreUnavailableException("no connection to the database: " + why, false, cause);
  }

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

    /** Cancels the loan, even if it has just completed. */
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
