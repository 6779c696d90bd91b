package dev.webhooks.okhttp;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TargetGuard;
import dev.webhooks.spi.transport.TargetRefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Answers OkHttp's look-ups through the guard: at most once per attempt, and never past the
 * attempt's deadline. OkHttp cannot interrupt a look-up, so the guard runs on a thread of its own,
 * which is left behind when the deadline comes first.
 */
final class Lookups implements Dns, AutoCloseable {
  private final TargetGuard guard;

  @SuppressWarnings("ThreadLocalUsage") // One per transport, and removed after every attempt.
  private final ThreadLocal<@Nullable Attempt> current = new ThreadLocal<>();

  private final ExecutorService threads = new ThreadPoolExecutor(
      0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), Lookups::thread);

  Lookups(TargetGuard guard) {
    this.guard = guard;
  }

  /** Says whose look-ups the calling thread makes from now on; null for nobody's. */
  void attribute(@Nullable Attempt attempt) {
    if (attempt == null) {
      current.remove();
    } else {
      current.set(attempt);
    }
  }

  @Override
  public List<InetAddress> lookup(String host) throws UnknownHostException {
    Attempt attempt = current.get();
    if (attempt == null) {
      throw new IllegalStateException("a look-up outside an attempt");
    }
    List<InetAddress> known = attempt.addresses;
    if (known == null) {
      known = resolve(host, attempt.deadline);
      attempt.addresses = known;
    }
    return known;
  }

  private List<InetAddress> resolve(String host, Deadline deadline) throws UnknownHostException {
    try {
      Future<List<InetAddress>> answer = threads.submit(() -> guard.resolve(host));
      return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw refused(e.getCause());
    } catch (TimeoutException | RejectedExecutionException e) {
      throw refused(new TargetRefusedException(DeliveryError.DNS, "the look-up took too long"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw refused(e);
    }
  }

  /** Wraps what the guard threw in the one exception OkHttp lets a look-up throw. */
  private static UnknownHostException refused(@Nullable Throwable cause) {
    if (cause instanceof RuntimeException unforeseen) {
      throw unforeseen;
    }
    UnknownHostException refused = new UnknownHostException("the look-up failed");
    refused.initCause(cause);
    return refused;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "webhooks-lookup");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
