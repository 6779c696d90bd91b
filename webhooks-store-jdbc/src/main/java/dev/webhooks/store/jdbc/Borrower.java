package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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
final class Borrower {
  /** How many threads may wait for connections that nobody wants any more. */
  static final int MAX_ABANDONED = 32;

  private final AtomicInteger abandoned = new AtomicInteger();
  /** Threads that are idle end by themselves, so there is nothing to close. */
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    Thread thread = new Thread(task, "webhooks-connection");
    thread.setDaemon(true);
    return thread;
  });

  private final DataSource dataSource;
  private final Duration patience;

  Borrower(DataSource dataSource, Duration patience) {
    this.dataSource = dataSource;
    this.patience = patience;
  }

  /** Returns how long a caller waits for a connection. */
  Duration patience() {
    return patience;
  }

  /**
   * Borrows a connection.
   *
   * @throws StoreUnavailableException if there is none within the deadline
   */
  Connection borrow() {
    if (abandoned.get() >= MAX_ABANDONED) {
      throw none(new TimeoutException("the data source has not answered many calls before"));
    }
    Loan loan = new Loan();
    try {
      threads.execute(loan);
      return loan.connection.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw none(e);
    } catch (TimeoutException e) {
      loan.abandon();
      throw none(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      loan.abandon();
      throw none(e);
    }
  }

  private static StoreUnavailableException none(Throwable cause) {
    return new StoreUnavailableException("no connection to the database", false, cause);
  }

  /** One connection that is asked for. */
  private final class Loan implements Runnable {
    private final CompletableFuture<Connection> connection = new CompletableFuture<>();

    @Override
    public void run() {
      try {
        Connection borrowed = dataSource.getConnection();
        if (!connection.complete(borrowed)) {
          giveBack(borrowed);
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
    void abandon() {
      abandoned.incrementAndGet();
      if (connection.cancel(false)) {
        return;
      }
      abandoned.decrementAndGet();
      if (!connection.isCompletedExceptionally()) {
        giveBack(connection.join());
      }
    }

    private static void giveBack(Connection unwanted) {
      try {
        unwanted.close();
      } catch (SQLException e) {
        // Nobody has used it and nobody will.
      }
    }
  }
}
