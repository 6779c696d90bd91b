package dev.webhooks.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryTransactionTest {
  private final InMemoryWebhookStore store = new InMemoryWebhookStore();

  @Test
  void ended_transaction_cannot_be_used() {
    InMemoryTransaction committed = store.begin();
    committed.commit();
    InMemoryTransaction rolledBack = store.begin();
    rolledBack.rollback();

    for (InMemoryTransaction ended : List.of(committed, rolledBack)) {
      assertThatIllegalStateException().isThrownBy(ended::commit);
      assertThatIllegalStateException().isThrownBy(ended::rollback);
      assertThatIllegalStateException()
          .isThrownBy(() -> store.join(ended, session -> session.countWebhooks("acme")));
      ended.close();
    }
  }

  @Test
  void closing_rolls_back() {
    try (InMemoryTransaction forgotten = store.begin()) {
      store.join(forgotten, session -> {
        session.lockAccount("acme");
        return true;
      });
    }

    assertThat(store.<Boolean>transact(session -> {
          session.lockAccount("acme");
          return true;
        }))
        .isTrue();
  }

  @Test
  void transaction_of_another_store_is_refused() {
    InMemoryTransaction foreign = new InMemoryWebhookStore().begin();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.join(foreign, session -> session.countWebhooks("acme")));
  }

  @Test
  void committing_leaves_it_to_the_host_to_tell_the_library() {
    List<String> told = new ArrayList<>();
    InMemoryTransaction transaction = store.begin();
    transaction.onCommitted(() -> told.add("committed"));

    transaction.commit();
    assertThat(told).isEmpty();
    transaction.committed();
    assertThat(told).containsExactly("committed");
  }

  @Test
  void time_comes_from_the_given_clock_in_microseconds() {
    Instant now = Instant.parse("2026-11-23T10:00:00.123456789Z");
    InMemoryWebhookStore timed = new InMemoryWebhookStore(InstantSource.fixed(now));
    long instance = timed.instances().register("test");

    assertThat(timed.currentTime()).isEqualTo("2026-11-23T10:00:00.123456Z");
    assertThat(timed.instances().beat(instance).databaseTime()).isEqualTo(timed.currentTime());
  }
}
