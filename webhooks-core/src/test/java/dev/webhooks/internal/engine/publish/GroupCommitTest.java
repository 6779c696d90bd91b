package dev.webhooks.internal.engine.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.StoreUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Tests who shares a transaction with whom, and whom a fault meets. */
class GroupCommitTest extends GroupCommitFixture {
  private final StoreUnavailableException away = new StoreUnavailableException("away", false, null);
  private final StoreUnavailableException cut = new StoreUnavailableException("cut", true, null);

  // ---- who shares

  @Test
  void lone_caller_is_stored_at_once() throws Exception {
    letAllGo();

    assertThat(commits.publish(publication("a"))).containsExactly(Map.entry("a", 1));
    assertThat(commits.publish(publication("b"))).containsExactly(Map.entry("b", 1));

    assertThat(nextBegun()).containsExactly("a");
    assertThat(nextBegun()).containsExactly("b");
  }

  @Test
  void those_who_come_during_a_transaction_share_the_next_one() throws Exception {
    stuckLeaders();
    List<Caller> callers = inLine(ids(10));
    letGo("leader-0");

    assertThat(nextBegun()).containsExactly(ids(10));
    letGo("event-0");
    for (Caller caller : callers) {
      assertThat(caller.groupSize()).isEqualTo(10);
    }
    assertThat(begun).as("further transactions").isEmpty();
  }

  @Test
  void group_is_bounded_in_events() throws Exception {
    stuckLeaders();
    inLine(
        publication("acme", 1, ids(64)),
        publication("globex", 1, ids(64)),
        publication("acme", 1, "one too many"));
    letGo("leader-0");

    assertThat(nextBegun()).hasSize(128);
    assertThat(commits.waiting()).isEqualTo(1);
  }

  @Test
  void group_is_bounded_in_bytes() throws Exception {
    stuckLeaders();
    inLine(
        publication("acme", 400_000, "a"),
        publication("acme", 400_000, "b"),
        publication("acme", 400_000, "c"));
    letGo("leader-0");

    assertThat(nextBegun()).containsExactly("a", "b");
    assertThat(commits.waiting()).isEqualTo(1);
  }

  @Test
  void call_as_large_as_a_group_does_not_wait_for_one() throws Exception {
    stuckLeaders();

    Caller many = new Caller(publication("acme", 1, ids(128)));
    assertThat(nextBegun()).hasSize(128);
    Caller heavy = new Caller(publication("acme", 1 << 20, "heavy"));
    assertThat(nextBegun()).containsExactly("heavy");
    letGo("event-0");
    letGo("heavy");

    assertThat(many.groupSize()).isEqualTo(128);
    assertThat(heavy.groupSize()).isEqualTo(1);
  }

  @Test
  void same_id_of_an_account_waits_for_the_next_transaction() throws Exception {
    stuckLeaders();
    List<Caller> callers = inLine(
        publication("acme", 1, "a"),
        publication("globex", 1, "a"),
        publication("acme", 1, "b", "a"),
        publication("acme", 1, "c"));
    letGo("leader-0");

    assertThat(nextBegun()).containsExactly("a", "a");
    letGo("a");
    assertThat(nextBegun()).containsExactly("b", "a", "c");
    letGo("b");

    assertThat(callers.get(0).groupSize()).isEqualTo(2);
    assertThat(callers.get(2).groupSize()).isEqualTo(3);
  }

  // ---- faults

  @Test
  void bad_one_fails_alone() throws Exception {
    List<Caller> callers = beingStored("a", "bad", "c");
    fault = ids -> {
      if (ids.contains("bad")) {
        throw new IllegalArgumentException("bad data");
      }
    };
    letAllGo();

    assertThat(callers.get(0).groupSize()).isEqualTo(1);
    assertThat(callers.get(1).failure()).hasMessage("bad data");
    assertThat(callers.get(2).groupSize()).isEqualTo(1);
  }

  @Test
  void fault_of_a_leader_without_company_is_its_own() throws Exception {
    fault = ids -> {
      throw new IllegalArgumentException("bad data");
    };
    letAllGo();

    assertThatThrownBy(() -> commits.publish(publication("bad"))).hasMessage("bad data");
    assertThat(begun).as("transactions").hasSize(1);
  }

  @Test
  void lost_commit_leaves_all_of_its_group_and_nobody_else_in_doubt() throws Exception {
    List<Caller> callers = beingStored("a", "b");
    List<Caller> behind = inLine("c");
    fault = ids -> {
      if (ids.contains("b")) {
        throw cut;
      }
    };
    letAllGo();

    assertThat(callers.get(0).unavailable().outcomeUnknown()).isTrue();
    assertThat(callers.get(1).unavailable().outcomeUnknown()).isTrue();
    assertThat(behind.get(0).groupSize()).isEqualTo(1);
  }

  @Test
  void database_that_is_away_is_told_to_the_group_and_to_the_line_at_once() throws Exception {
    List<Caller> callers = beingStored("a", "b");
    List<Caller> behind = inLine("c", "d");
    fault = ids -> {
      if (ids.contains("b")) {
        throw away;
      }
    };
    letGo("a");

    for (Caller caller : List.of(callers.get(0), callers.get(1), behind.get(0), behind.get(1))) {
      assertThat(caller.unavailable().outcomeUnknown()).isFalse();
    }
    assertThat(stored).containsExactly("leader-0");
  }

  @Test
  void error_of_a_leader_strands_nobody() throws Exception {
    List<Caller> callers = beingStored("a", "b", "c");
    fault = ids -> {
      if (ids.size() > 1) {
        throw new OutOfMemoryError("on purpose");
      }
    };
    letAllGo();

    assertThat(callers.get(0).failure()).isInstanceOf(OutOfMemoryError.class);
    assertThat(callers.get(1).groupSize()).isEqualTo(1);
    assertThat(callers.get(2).groupSize()).isEqualTo(1);
  }

  // ---- giving up

  @Test
  void interrupted_leader_fails_nobody_else() throws Exception {
    List<Caller> callers = beingStored("a", "b", "c");
    fault = ids -> {
      if (ids.size() > 1) {
        Thread.currentThread().interrupt();
        throw away;
      }
    };
    letAllGo();

    assertThat(callers.get(0).unavailable()).isSameAs(away);
    assertThat(callers.get(1).groupSize()).isEqualTo(1);
    assertThat(callers.get(2).groupSize()).isEqualTo(1);
  }

  @Test
  void interrupted_in_line_is_certainly_not_stored() throws Exception {
    stuckLeaders();
    List<Caller> callers = inLine("a", "b", "c");

    callers.get(1).thread.interrupt();

    assertThat(callers.get(1).unavailable().outcomeUnknown()).isFalse();
    letGo("leader-0");
    assertThat(nextBegun()).containsExactly("a", "c");
    letGo("a");
    assertThat(callers.get(2).groupSize()).isEqualTo(2);
    assertThat(stored).doesNotContain("b");
  }

  @Test
  void interrupted_while_being_stored_does_not_know_the_outcome() throws Exception {
    List<Caller> callers = beingStored("a", "b");

    callers.get(1).thread.interrupt();

    assertThat(callers.get(1).unavailable().outcomeUnknown()).isTrue();
    letAllGo();
    assertThat(callers.get(0).groupSize()).isEqualTo(2);
    assertThat(stored).contains("b");
  }

  @Test
  void interrupted_before_it_comes_goes_alone() throws Exception {
    stuckLeaders();
    Thread.currentThread().interrupt();
    letGo("a");

    Map<String, Integer> counts = commits.publish(publication("a"));

    assertThat(Thread.interrupted()).as("still interrupted").isTrue();
    assertThat(counts).containsExactly(Map.entry("a", 1));
    assertThat(nextBegun()).containsExactly("a");
  }

  @Test
  void patience_in_line_ends_behind_stuck_leaders() throws Exception {
    GroupCommit impatient = new GroupCommit(Duration.ofMillis(20), this::store);
    for (int i = 0; i < LEADERS; i++) {
      Thread leader = new Thread(() -> impatient.publish(publication("stuck")));
      leader.setDaemon(true);
      leader.start();
      nextBegun();
    }

    assertThatThrownBy(() -> impatient.publish(publication("a")))
        .isInstanceOfSatisfying(
            StoreUnavailableException.class, e -> assertThat(e.outcomeUnknown()).isFalse());

    assertThat(impatient.waiting()).isZero();
    assertThat(begun).isEmpty();
  }

  @Test
  void whatever_is_interrupted_nobody_is_stranded_and_what_was_said_is_true() throws Exception {
    letAllGo();
    AtomicInteger interruptions = new AtomicInteger();
    fault = ids -> {
      int before = interruptions.get();
      while (interruptions.get() < before + 2) {
        Thread.onSpinWait();
      }
    };
    Random random = new Random(42);
    Set<String> saidStored = ConcurrentHashMap.newKeySet();
    Set<String> saidNotStored = ConcurrentHashMap.newKeySet();
    Set<String> saidUnknown = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < 8; number++) {
      int caller = number;
      threads.add(new Thread(() -> {
        for (int i = 0; i < 40; i++) {
          String id = caller + "-" + i;
          try {
            commits.publish(publication(id));
            saidStored.add(id);
          } catch (StoreUnavailableException e) {
            (e.outcomeUnknown() ? saidUnknown : saidNotStored).add(id);
          }
          Thread.interrupted();
        }
      }));
    }
    threads.forEach(Thread::start);
    while (threads.stream().anyMatch(Thread::isAlive)) {
      threads.get(random.nextInt(threads.size())).interrupt();
      interruptions.incrementAndGet();
      Thread.onSpinWait();
    }

    assertThat(saidStored.size() + saidNotStored.size() + saidUnknown.size()).isEqualTo(320);
    assertThat(stored).containsAll(saidStored);
    assertThat(saidNotStored).isNotEmpty().doesNotContainAnyElementsOf(stored);
    open = false;
    gates.values().forEach(Semaphore::drainPermits);
    begun.clear();
    fault = ids -> {};
    stuckLeaders();
  }
}
