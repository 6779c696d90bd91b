package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Keeps idempotency keys in the host's Redis, which is played by a map with a time to live. */
class HostKeysTest {
  private static final WebhookDraft DRAFT =
      WebhookDraft.to("https://hooks.acme.example/in").events("order.paid");

  private final Redis redis = new Redis();
  private final InMemoryWebhookStore store = new InMemoryWebhookStore();

  @AutoClose
  private final TestWebhooks kit = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny(),
      builder -> builder.idempotencyCache(redis).maxWebhooksPerAccount(1));

  private final AccountWebhooks acme = kit.account("acme");

  @Test
  void a_repetition_is_answered_from_the_cache_until_its_time_to_live_is_over() {
    CreatedWebhook first = acme.withIdempotencyKey("k").create(DRAFT);

    CreatedWebhook again = acme.withIdempotencyKey("k").create(DRAFT);
    assertThat(again.webhook().id()).isEqualTo(first.webhook().id());
    assertThat(again.secret()).isEqualTo(first.secret());
    assertRefused(
        ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
        () -> acme.withIdempotencyKey("k").create(DRAFT.name("other")));
    assertThat(redis.entries).hasSize(1);

    kit.advance(IdempotencyCache.LIFETIME);
    assertRefused(
        ErrorCode.WEBHOOK_LIMIT_EXCEEDED, () -> acme.withIdempotencyKey("k").create(DRAFT));
  }

  @Test
  void what_was_rolled_back_frees_its_key() {
    String id = acme.create(DRAFT).webhook().id();
    assertRefused(
        ErrorCode.WEBHOOK_LIMIT_EXCEEDED, () -> acme.withIdempotencyKey("k").create(DRAFT));
    assertThat(redis.entries).isEmpty();

    acme.delete(id);
    assertThat(acme.withIdempotencyKey("k").create(DRAFT)).isNotNull();
  }

  @Test
  void a_test_keeps_its_key_between_its_transactions() {
    String id = acme.create(DRAFT).webhook().id();

    TestReceiver receiver = kit.receiver("https://hooks.acme.example/in");
    TestResult first = acme.withIdempotencyKey("t").test(id);
    assertThat(acme.withIdempotencyKey("t").test(id)).isEqualTo(first);
    assertThat(receiver.requests()).hasSize(1);
  }

  @Test
  void a_key_does_not_roll_back_with_the_hosts_transaction() {
    InMemoryTransaction transaction = store.begin();
    CreatedWebhook undone = acme.in(transaction).withIdempotencyKey("k").create(DRAFT);
    transaction.rollback();

    assertThat(acme.withIdempotencyKey("k").create(DRAFT).webhook().id())
        .isEqualTo(undone.webhook().id());
    assertThat(acme.list(WebhookQuery.all()).data()).isEmpty();
    assertThat(acme.withIdempotencyKey("another").create(DRAFT)).isNotNull();
  }

  @Test
  void nothing_is_stored_while_the_cache_is_away() {
    redis.awayFor = Step.RESERVE;

    assertThatIllegalStateException()
        .isThrownBy(() -> acme.withIdempotencyKey("k").create(DRAFT))
        .withMessage("redis is away");
    assertThat(acme.list(WebhookQuery.all()).data()).isEmpty();
  }

  @Test
  void an_effect_stands_whose_answer_could_not_be_kept_and_is_not_repeated() {
    redis.awayFor = Step.ANSWER;
    assertThat(acme.withIdempotencyKey("k").create(DRAFT)).isNotNull();
    redis.awayFor = Step.NONE;

    assertThat(acme.list(WebhookQuery.all()).data()).hasSize(1);
    assertRefused(
        ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, () -> acme.withIdempotencyKey("k").create(DRAFT));
  }

  @Test
  void a_key_that_could_not_be_freed_is_refused_and_nothing_is_stored() {
    redis.awayFor = Step.RELEASE;

    assertRefused(
        ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, () -> acme.withIdempotencyKey("k").create(DRAFT));
    assertThat(acme.list(WebhookQuery.all()).data()).isEmpty();
  }

  private static void assertRefused(ErrorCode code, Runnable call) {
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(call::run)
        .matches(e -> e.code() == code);
  }

  private enum Step {
    NONE,
    RESERVE,
    ANSWER,
    RELEASE
  }

  /** Each method is one script on the server. */
  private static final class Redis implements IdempotencyCache {
    private record Entry(
        Fingerprint fingerprint, UUID token, Instant end, byte @Nullable [] answer) {}

    private final Map<IdempotencyKey, Entry> entries = new HashMap<>();
    private Step awayFor = Step.NONE;

    private void call(Step step) {
      if (awayFor == step) {
        throw new IllegalStateException("redis is away");
      }
    }

    @Override
    public synchronized Reservation reserve(
        IdempotencyKey key,
        Fingerprint fingerprint,
        UUID token,
        Instant now,
        Instant certain,
        @Nullable Instant busyUntil) {
      call(Step.RESERVE);
      Entry present = entries.get(key);
      boolean over = present != null && !present.end.isAfter(certain);
      boolean ours = present != null && present.token.equals(token) && present.answer == null;
      if (present != null && !over && !ours) {
        return new Reservation.Used(present.fingerprint, present.answer);
      }
      Instant end = busyUntil == null ? now.plus(LIFETIME) : busyUntil;
      entries.put(key, new Entry(fingerprint, token, end, null));
      return new Reservation.Taken();
    }

    @Override
    public synchronized void answer(IdempotencyKey key, UUID token, byte[] answer) {
      call(Step.ANSWER);
      entries.computeIfPresent(
          key,
          (name, entry) -> entry.token.equals(token)
              ? new Entry(entry.fingerprint, token, entry.end, answer)
              : entry);
    }

    @Override
    public synchronized void release(IdempotencyKey key, UUID token) {
      call(Step.RELEASE);
      entries.computeIfPresent(key, (name, entry) -> entry.token.equals(token) ? null : entry);
    }
  }
}
