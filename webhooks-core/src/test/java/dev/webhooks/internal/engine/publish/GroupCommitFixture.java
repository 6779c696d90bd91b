package dev.webhooks.internal.engine.publish;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.testing.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;

/** Transactions that a test keeps under way, and callers who publish meanwhile. */
abstract class GroupCommitFixture {
  static final int LEADERS = 2;
  static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  /** The ids of each transaction that began, in order. */
  final LinkedBlockingQueue<List<String>> begun = new LinkedBlockingQueue<>();

  final Set<String> stored = ConcurrentHashMap.newKeySet();
  /** Where transactions wait, by the first id of each. */
  final Map<String, Semaphore> gates = new ConcurrentHashMap<>();

  volatile boolean open;
  volatile Fault fault = ids -> {};
  final GroupCommit commits = new GroupCommit(Duration.ofMinutes(1), this::store);

  /** A fault in a transaction. */
  interface Fault {
    void strike(List<String> ids);
  }

  @AfterEach
  void letAllGo() {
    open = true;
    gates.values().forEach(gate -> gate.release(1_000));
  }

  void letGo(String firstId) {
    gate(firstId).release();
  }

  Semaphore gate(String firstId) {
    return gates.computeIfAbsent(firstId, id -> new Semaphore(0));
  }

  /** A transaction that begins, waits until it is let go, and stores what it was given or fails. */
  List<Map<String, Integer>> store(List<Publication> publications) {
    List<String> ids = publications.stream()
        .flatMap(publication -> publication.events().stream())
        .map(Publication::eventId)
        .toList();
    begun.add(ids);
    Semaphore gate = gate(ids.get(0));
    if (!open) {
      gate.acquireUninterruptibly();
    }
    fault.strike(ids);
    stored.addAll(ids);
    return publications.stream()
        .map(publication -> publication.events().stream()
            .collect(Collectors.toMap(Publication::eventId, event -> ids.size())))
        .toList();
  }

  static Publication publication(String account, int bytes, String... ids) {
    List<NewEvent> events = Arrays.stream(ids)
        .map(id -> new NewEvent(
            UUID.randomUUID(),
            account,
            id,
            Fingerprint.of(id).build(),
            "a",
            new byte[bytes],
            NOW,
            NOW,
            null,
            List.of()))
        .toList();
    return new Publication(account, events);
  }

  static Publication publication(String id) {
    return publication("acme", 100, id);
  }

  /** A publication made by a thread of its own. */
  final class Caller {
    private final FutureTask<Map<String, Integer>> call;
    final Thread thread;

    Caller(Publication publication) {
      call = new FutureTask<>(() -> commits.publish(publication));
      thread = new Thread(call);
      thread.setDaemon(true);
      thread.start();
    }

    /** Returns in how large a group it was stored. */
    int groupSize() throws Exception {
      return call.get(Patience.SECONDS, SECONDS).values().iterator().next();
    }

    Throwable failure() throws Exception {
      try {
        throw new AssertionError("was stored: " + call.get(Patience.SECONDS, SECONDS));
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }

    StoreUnavailableException unavailable() throws Exception {
      Throwable failure = failure();
      assertThat(failure).isInstanceOf(StoreUnavailableException.class);
      return (StoreUnavailableException) failure;
    }
  }

  /** Lets as many callers lead as can at once, and keeps them in their transactions. */
  List<Caller> stuckLeaders() throws InterruptedException {
    List<Caller> leaders = new ArrayList<>();
    for (int i = 0; i < LEADERS; i++) {
      leaders.add(new Caller(publication("leader-" + i)));
      assertThat(nextBegun()).containsExactly("leader-" + i);
    }
    return leaders;
  }

  /** Lets callers stand in line in this order. */
  List<Caller> inLine(Publication... publications) {
    List<Caller> callers = new ArrayList<>();
    for (Publication publication : publications) {
      int before = commits.waiting();
      callers.add(new Caller(publication));
      while (commits.waiting() == before) {
        Thread.onSpinWait();
      }
    }
    return callers;
  }

  List<Caller> inLine(String... ids) {
    return inLine(
        Arrays.stream(ids).map(GroupCommitFixture::publication).toArray(Publication[]::new));
  }

  /** Lets callers share a transaction that is under way. */
  List<Caller> beingStored(String... ids) throws InterruptedException {
    stuckLeaders();
    List<Caller> callers = inLine(ids);
    letGo("leader-0");
    assertThat(nextBegun()).containsExactly(ids);
    return callers;
  }

  List<String> nextBegun() throws InterruptedException {
    List<String> next = begun.poll(Patience.SECONDS, SECONDS);
    assertThat(next).as("a transaction").isNotNull();
    return next;
  }

  static String[] ids(int count) {
    return IntStream.range(0, count).mapToObj(i -> "event-" + i).toArray(String[]::new);
  }
}
