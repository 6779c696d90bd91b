package dev.webhooks.okhttp;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A point at which a number of threads wait for one another. */
final class Rendezvous {
  private final CountDownLatch missing;

  Rendezvous(int threads) {
    missing = new CountDownLatch(threads);
  }

  void meet() throws IOException {
    missing.countDown();
    await();
  }

  /** Lets those go who wait for somebody who will not come. */
  void end() {
    while (missing.getCount() > 0) {
      missing.countDown();
    }
  }

  void await() throws IOException {
    try {
      if (!missing.await(Usage.PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("somebody did not come");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
