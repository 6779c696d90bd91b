package dev.webhooks.internal.engine.publish;

import dev.webhooks.model.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The sharing of one transaction, and so one commit, by publications that come at the same time.
 * Thread-safe, and without a thread of its own.
 *
 * <p>A caller that comes while few transactions are under way leads one at once. The others wait in
 * line. When a leader is done, the first in line leads the next transaction, with those behind it.
 * So nobody waits for company, and groups grow by themselves as commits get slower.
 *
 * <p>A group shares its success, and the failure of a database that is away. After any other fault
 * nothing of the group is stored, and each caller tries again alone, so a bad event fails only its
 * own caller.
 */
final class GroupCommit {
  /** A second one prepares its transaction while the first one waits for the disk. */
  private static final int MAX_LEADERS = 2;

  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Seat> line = new ArrayDeque<>();
  private final Duration patience;
  private final Transaction transaction;
  private int leaders;

  GroupCommit(Duration patience, Transaction transaction) {
    this.patience = patience;
    this.transaction = transaction;
  }

  /** Stores publications. */
  @FunctionalInterface
  interface Transaction {
    /**
     * Stores publications, all or none; storing one again that is stored already changes nothing.
     *
     * @return for each the number of deliveries by event id
     */
    List<Map<String, Integer>> store(List<Publication> publications);
  }

  /** The state of a caller in line. */
  private enum Turn {
    WAITS,
    /** Its publication is in a transaction that is under way. */
    TAKEN,
    LEADS,
    GOES_ALONE,
    IS_STORED,
    HAS_FAILED
  }

  /**
   * Stores a publication, maybe together with others.
   *
   * @return the number of deliveries by event id
   * @throws StoreUnavailableException also if the caller is interrupted or waits too long; the
   *     outcome is unknown if its publication was being stored then
   */
  Map<String, Integer> publish(Publication publication) {
    // A thread that is interrupted already cannot wait, and would fail those that it led.
    if (Thread.currentThread().isInterrupted() || PublicationGroup.isFilledBy(publication)) {
      return alone(publication);
    }
    Seat seat = new Seat(publication);
    if (!leadsAtOnce(seat)) {
      await(seat);
    }
    return switch (seat.turn) {
      case LEADS -> lead(seat);
      case IS_STORED -> Objects.requireNonNull(seat.counts);
      case HAS_FAILED -> throw likewise(Objects.requireNonNull(seat.fault));
      case GOES_ALONE -> alone(publication);
      case WAITS, TAKEN -> throw new IllegalStateException("not called: " + seat.turn);
    };
  }

  /** Returns how many callers stand in line. */
  int waiting() {
    lock.lock();
    try {
      return line.size();
    } finally {
      lock.unlock();
    }
  }

  private Map<String, Integer> alone(Publication publication) {
    return transaction.store(List.of(publication)).get(0);
  }

  // ---- in line

  private boolean leadsAtOnce(Seat seat) {
    lock.lock();
    try {
      if (leaders < MAX_LEADERS) {
        leaders++;
        seat.turn = Turn.LEADS;
        return true;
      }
      line.add(seat);
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void await(Seat seat) {
    try {
      if (!seat.called.await(TimeUnit.NANOSECONDS.convert(patience), TimeUnit.NANOSECONDS)) {
        giveUp(seat, "the database did not answer in time", null);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      giveUp(seat, "interrupted while waiting for the database", e);
    }
  }

  /** Leaves the line, unless the caller has been called at this very moment. */
  private void giveUp(Seat seat, String why, @Nullable InterruptedException interruption) {
    lock.lock();
    try {
      switch (seat.turn) {
        case WAITS -> line.remove(seat);
        case TAKEN ->
          throw new StoreUnavailableException(
              why + " while the event was being stored", true, interruption);
        case LEADS -> {
          if (interruption == null) {
            return;
          }
          passOn();
        }
        case GOES_ALONE, IS_STORED, HAS_FAILED -> {
          return;
        }
      }
    } finally {
      lock.unlock();
    }
    throw new StoreUnavailableException(why, false, interruption);
  }

  // ---- at the head of it

  private Map<String, Integer> lead(Seat own) {
    List<Seat> group = new ArrayList<>();
    try {
      List<Map<String, Integer>> counts = transaction.store(gather(own, group));
      end(group, Turn.IS_STORED, counts, null);
      return counts.get(0);
    } catch (StoreUnavailableException e) {
      // An interrupted leader could not use the database; that says nothing about the others.
      boolean ownFault = !e.outcomeUnknown() && Thread.currentThread().isInterrupted();
      end(group, ownFault ? Turn.GOES_ALONE : Turn.HAS_FAILED, List.of(), e);
      throw e;
    } catch (RuntimeException e) {
      end(group, Turn.GOES_ALONE, List.of(), null);
      if (group.size() > 1) {
        return alone(own.publication);
      }
      throw e;
    } catch (Error e) {
      end(group, Turn.GOES_ALONE, List.of(), null);
      throw e;
    }
  }

  /** Gathers a group from the line, up to the first publication that does not fit in. */
  private List<Publication> gather(Seat own, List<Seat> group) {
    PublicationGroup publications = new PublicationGroup();
    publications.admit(own.publication);
    lock.lock();
    try {
      group.add(own);
      for (Seat next = line.peek();
          next != null && publications.admit(next.publication);
          next = line.peek()) {
        group.add(next);
        next.turn = Turn.TAKEN;
        line.remove();
      }
    } finally {
      lock.unlock();
    }
    return publications.publications();
  }

  /** Lets the next caller lead, and gives the group its result. */
  private void end(
      List<Seat> group,
      Turn turn,
      List<Map<String, Integer>> counts,
      @Nullable StoreUnavailableException fault) {
    lock.lock();
    try {
      for (int i = 0; i < group.size(); i++) {
        Seat seat = group.get(i);
        seat.counts = i < counts.size() ? counts.get(i) : null;
        seat.fault = fault;
        seat.turn = turn;
      }
      if (turn == Turn.HAS_FAILED) {
        failLine(Objects.requireNonNull(fault));
      }
      passOn();
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < group.size(); i++) {
      group.get(i).called.countDown();
    }
  }

  /**
   * Fails the callers in line, as the database is away. It would let the next leader wait as long
   * again, and those in line have waited for it too.
   */
  private void failLine(StoreUnavailableException fault) {
    if (!fault.outcomeUnknown()) {
      for (Seat seat = line.poll(); seat != null; seat = line.poll()) {
        seat.fault = fault;
        seat.turn = Turn.HAS_FAILED;
        seat.called.countDown();
      }
    }
  }

  /** Lets the first in line lead in place of this caller. */
  private void passOn() {
    Seat next = line.poll();
    if (next == null) {
      leaders--;
    } else {
      next.turn = Turn.LEADS;
      next.called.countDown();
    }
  }

  /** Returns an exception of the calling thread's own, since that may add to its trace. */
  private static StoreUnavailableException likewise(StoreUnavailableException fault) {
    return new StoreUnavailableException(
        Objects.requireNonNullElse(fault.getMessage(), ""), fault.outcomeUnknown(), fault);
  }

  /**
   * A caller with its publication. Its state changes under the lock; the caller reads it after it
   * was called.
   */
  private static final class Seat {
    final Publication publication;
    final CountDownLatch called = new CountDownLatch(1);
    Turn turn = Turn.WAITS;

    @Nullable
    Map<String, Integer> counts;

    @Nullable
    StoreUnavailableException fault;

    Seat(Publication publication) {
      this.publication = publication;
    }
  }
}
