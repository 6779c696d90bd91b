package dev.webhooks.internal.validation;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.validation.TargetRefusedException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up on a few threads, since a look-up can neither be given a deadline nor be
 * cancelled.
 *
 * <p>A caller waits until its time is over, be it for a free thread or for the answer. Names of one
 * zone share a smaller number of threads, so that a zone whose servers do not answer leaves room
 * for all others.
 */
final class NameLookups implements AutoCloseable {
  private final NameResolver resolver;
  private final Duration timeout;
  private final int maxThreads;
  private final int maxPerZone;
  private final ExecutorService threads;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition roomMade = lock.newCondition();
  private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new HashMap<>();
  private final Map<String, Integer> perZone = new HashMap<>();
  private boolean closed;

  NameLookups(NameResolver resolver, Duration timeout, int maxThreads) {
    this.resolver = resolver;
    this.timeout = timeout;
    this.maxThreads = maxThreads;
    this.maxPerZone = Math.max(1, maxThreads / 4);
    // Bounded here rather than by the pool: a thread that has just finished may not be idle yet.
    this.threads = Executors.newCachedThreadPool(NameLookups::daemon);
  }

  /**
   * Returns what the resolver says, at least one address.
   *
   * @param name a canonical name
   * @param atMost how long the caller can wait, if that is less than every look-up is given
   */
  List<InetAddress> find(String name, Duration atMost) throws TargetRefusedException {
    List<InetAddress> known = known(name);
    if (!known.isEmpty()) {
      return known;
    }
    Duration wait = atMost.compareTo(timeout) < 0 ? atMost : timeout;
    long deadline = System.nanoTime() + wait.toNanos();
    try {
      CompletableFuture<List<InetAddress>> lookup = joinOrStart(name, deadline);
      return lookup.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw failed("the host's name was not resolved in time");
    } catch (ExecutionException e) {
      throw failed("the host's name does not resolve");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed("the look-up of the host's name was interrupted");
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      roomMade.signalAll();
      // A resolver that is deaf to interrupts would keep its callers waiting.
      underWay
          .values()
          .forEach(lookup -> lookup.completeExceptionally(new IllegalStateException("closed")));
    } finally {
      lock.unlock();
    }
    threads.shutdownNow();
  }

  private List<InetAddress> known(String name) throws TargetRefusedException {
    try {
      return List.copyOf(resolver.known(name));
    } catch (RuntimeException e) {
      throw failed("the host's name does not resolve");
    }
  }

  private CompletableFuture<List<InetAddress>> joinOrStart(String name, long deadline)
      throws InterruptedException, TimeoutException, TargetRefusedException {
    String zone = HostName.zone(name);
    lock.lockInterruptibly();
    try {
      while (!closed) {
        CompletableFuture<List<InetAddress>> known = underWay.get(name);
        if (known != null) {
          return known;
        }
        if (hasRoom(zone)) {
          return start(name, zone);
        }
        if (roomMade.awaitNanos(deadline - System.nanoTime()) <= 0) {
          throw new TimeoutException();
        }
      }
      throw failed("the resolver is closed");
    } finally {
      lock.unlock();
    }
  }

  private boolean hasRoom(String zone) {
    return underWay.size() < maxThreads && perZone.getOrDefault(zone, 0) < maxPerZone;
  }

  private CompletableFuture<List<InetAddress>> start(String name, String zone) {
    CompletableFuture<List<InetAddress>> lookup = new CompletableFuture<>();
    threads.execute(() -> run(name, zone, lookup));
    underWay.put(name, lookup);
    perZone.merge(zone, 1, Integer::sum);
    return lookup;
  }

  private void run(String name, String zone, CompletableFuture<List<InetAddress>> lookup) {
    List<InetAddress> addresses = List.of();
    @Nullable Throwable failure = null;
    try {
      addresses = List.copyOf(resolver.resolve(name)); // Which refuses null as well.
    } catch (Throwable e) {
      failure = e;
    }
    forget(name, zone);
    if (failure == null && !addresses.isEmpty()) {
      lookup.complete(addresses);
    } else {
      lookup.completeExceptionally(
          failure == null ? new IllegalStateException("no address") : failure);
    }
  }

  private void forget(String name, String zone) {
    lock.lock();
    try {
      underWay.remove(name);
      perZone.computeIfPresent(zone, (key, count) -> count == 1 ? null : count - 1);
      roomMade.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static TargetRefusedException failed(String rule) {
    return new TargetRefusedException(DeliveryError.DNS, rule);
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "webhooks-dns");
    thread.setDaemon(true);
    return thread;
  }
}
