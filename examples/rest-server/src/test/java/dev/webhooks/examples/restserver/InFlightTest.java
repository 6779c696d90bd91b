package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A server that ends lets nobody in and waits for those inside. */
class InFlightTest {
  private final InFlight inFlight = new InFlight();

  @Test
  void nobody_gets_in_once_it_is_closed() {
    assertThat(inFlight.enter()).isTrue();
    inFlight.leave();

    inFlight.close(Duration.ofSeconds(30));

    assertThat(inFlight.enter()).isFalse();
  }

  @Test
  void closing_waits_for_those_inside() throws Exception {
    inFlight.enter();
    CountDownLatch begun = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    Future<?> closing = threads.submit(() -> {
      begun.countDown();
      inFlight.close(Duration.ofSeconds(30));
    });
    begun.await();
    while (inFlight.enter()) {
      inFlight.leave();
    }
    assertThat(closing.isDone()).isFalse();

    inFlight.leave();

    closing.get(RestServerProcess.PATIENCE_SECONDS, TimeUnit.SECONDS);
    threads.shutdown();
  }

  @Test
  void its_patience_ends() {
    inFlight.enter();

    inFlight.close(Duration.ofMillis(1));

    assertThat(inFlight.enter()).isFalse();
  }
}
