package dev.webhooks.examples.benchmark.chaos;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/**
 * Threads of a host that take all connections of its pool and sit on them. One more waits for what
 * may come back meanwhile.
 */
final class Hog {
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch taken;
  private final List<Thread> threads = new ArrayList<>();

  /**
   * Begins to take connections.
   *
   * @param connections how many the pool has; the heartbeat of the instance keeps one of them
   */
  Hog(DataSource pool, int connections) {
    taken = new CountDownLatch(connections - 1);
    for (int i = 0; i < connections; i++) {
      Thread thread = new Thread(() -> sitOnOne(pool), "hog");
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
  }

  /** Waits until it has all, keeps them for a while, and gives them back. */
  void hog(Duration time) throws InterruptedException {
    taken.await();
    Output.say("hogging");
    Thread.sleep(time.toMillis());
    end.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    Output.say("hogged");
  }

  private void sitOnOne(DataSource pool) {
    try (Connection connection = pool.getConnection()) {
      taken.countDown();
      end.await();
    } catch (SQLException e) {
      Output.say("hog got no connection: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
