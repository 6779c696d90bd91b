package dev.webhooks.internal.engine.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.spi.TaskRunner.Loop;
import dev.webhooks.testing.Patience;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ThreadTaskRunnerTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final ThreadTaskRunner runner = new ThreadTaskRunner(8);
  private final BlockingQueue<Integer> rounds = new LinkedBlockingQueue<>();
  private final AtomicInteger count = new AtomicInteger();

  @AfterEach
  void close() {
    runner.close();
  }

  private Integer nextRound() throws InterruptedException {
    return rounds.poll(Patience.SECONDS, TimeUnit.SECONDS);
  }

  @Test
  void a_loop_waits_as_long_as_its_round_says_and_a_wake_ends_the_wait() throws Exception {
    Loop loop = runner.loop("test", () -> {
      rounds.add(count.incrementAndGet());
      return LONG;
    });

    assertThat(nextRound()).isEqualTo(1);
    loop.wake();
    assertThat(nextRound()).isEqualTo(2);
    assertThat(rounds.poll()).isNull();
  }

  @Test
  void a_wake_during_a_round_starts_another_one_right_after_it() throws Exception {
    CountDownLatch woken = new CountDownLatch(1);
    Loop loop = runner.loop("test", () -> {
      rounds.add(count.incrementAndGet());
      woken.await();
      return LONG;
    });
    nextRound();

    loop.wake();
    woken.countDown();

    assertThat(nextRound()).isEqualTo(2);
  }

  @Test
  void a_loop_survives_a_round_that_fails() throws Exception {
    runner.loop("test", () -> {
      rounds.add(count.incrementAndGet());
      if (count.get() == 1) {
        throw new AssertionError("on purpose");
      }
      return LONG;
    });

    assertThat(nextRound()).isEqualTo(1);
    assertThat(nextRound()).isEqualTo(2);
  }

  @Test
  void a_stopped_loop_runs_no_more_and_says_whether_its_round_had_ended() throws Exception {
    Loop idle = runner.loop("idle", () -> {
      rounds.add(count.incrementAndGet());
      return LONG;
    });
    nextRound();
    CountDownLatch never = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Loop stuck = runner.loop("stuck", () -> {
      rounds.add(count.incrementAndGet());
      try {
        never.await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        throw e;
      }
      return LONG;
    });
    nextRound();

    assertThat(idle.stop(Patience.LONG)).isTrue();
    assertThat(stuck.stop(Duration.ofMillis(1))).isFalse();
    assertThat(interrupted.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    idle.wake();
    assertThat(rounds.poll()).isNull();
  }

  @Test
  void attempts_run_side_by_side() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    for (int attempt = 0; attempt < 2; attempt++) {
      runner.execute(() -> {
        both.countDown();
        awaitQuietly(both);
        rounds.add(count.incrementAndGet());
      });
    }

    assertThat(nextRound()).isNotNull();
    assertThat(nextRound()).isNotNull();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void platform_threads_are_bounded_and_what_exceeds_them_waits() throws Exception {
    ExecutorService threads = ThreadTaskRunner.platformThreads(3);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(3);
    CountDownLatch done = new CountDownLatch(5);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    for (int i = 0; i < 5; i++) {
      threads.execute(() -> {
        most.accumulateAndGet(running.incrementAndGet(), Math::max);
        busy.countDown();
        awaitQuietly(release);
        running.decrementAndGet();
        done.countDown();
      });
    }
    assertThat(busy.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    release.countDown();

    assertThat(done.await(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(most).hasValue(3);
    threads.shutdownNow();
  }
}
