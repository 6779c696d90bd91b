package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.bytes;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache.Reservation;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.EncryptedRows.StoredAnswer;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The contract of encrypted rows: found page by page and replaced while everything goes on. */
public abstract class EncryptedRowsContract extends StoreContract {
  private static final Fingerprint CREATE = Fingerprint.of("create").build();
  private static final byte[] NEW = {SecretCipher.FIRST_MARK, -128, 0, 127};

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected EncryptedRowsContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void webhooks_of_all_accounts_come_page_by_page_and_deleted_ones_do_not() {
    List<Long> numbers = new ArrayList<>();
    for (String account : List.of(ACME, GLOBEX, ACME, GLOBEX)) {
      numbers.add(samples().stored(samples().webhook().account(account)).number());
    }
    samples().delete(samples().active());
    numbers.add(samples().active().number());

    assertThat(numbers(rows().webhooks(0, 2))).isEqualTo(numbers.subList(0, 2));
    assertThat(numbers(rows().webhooks(numbers.get(1), 2))).isEqualTo(numbers.subList(2, 4));
    assertThat(numbers(rows().webhooks(numbers.get(3), 2))).isEqualTo(numbers.subList(4, 5));
    assertThat(rows().webhooks(numbers.get(4), 2)).isEmpty();
  }

  @Test
  void replacing_changes_secrets_and_headers_and_nothing_else() {
    WebhookRow before = samples()
        .stored(samples().webhook().oldSecret(bytes("old"), later(60)).events("order.*", "user.*"));
    WebhookRow other = samples().stored(samples().webhook());
    long number = before.number();

    Map<Long, Boolean> changed = rows()
        .changeWebhooks(
            List.of(number),
            webhook -> Optional.of(webhook
                .change()
                .headers(NEW)
                .secret(concat(NEW, webhook.secret()))
                .oldSecret(NEW, later(90))
                .build()));

    WebhookRow after = samples().find(before);
    assertThat(changed).isEqualTo(Map.of(number, true));
    assertThat(after.configuration())
        .usingRecursiveComparison()
        .isEqualTo(before
            .configuration()
            .change()
            .headers(NEW)
            .secret(concat(NEW, before.configuration().secret()))
            .oldSecret(NEW, later(90))
            .build());
    assertThat(after).usingRecursiveComparison().ignoringFields("configuration").isEqualTo(before);
    assertThat(samples().find(other)).usingRecursiveComparison().isEqualTo(other);
    assertThat(rows().webhooks(number - 1, 1).get(0))
        .usingRecursiveComparison()
        .isEqualTo(after.configuration());
  }

  @Test
  void old_secret_can_be_removed() {
    WebhookRow row = samples().stored(samples().webhook().oldSecret(bytes("old"), later(60)));

    rows()
        .changeWebhooks(
            List.of(row.number()),
            webhook -> Optional.of(webhook
                .change()
                .headers(webhook.headers())
                .secret(webhook.secret())
                .oldSecret(null, null)
                .build()));

    assertThat(samples().find(row).configuration().oldSecret()).isNull();
    assertThat(samples().find(row).configuration().oldSecretUntil()).isNull();
  }

  @Test
  void what_the_rule_leaves_is_not_changed_and_what_is_gone_is_not_asked_about() {
    WebhookRow row = samples().stored(samples().webhook());
    WebhookConfiguration deleted = samples().active();
    samples().delete(deleted);

    assertThat(rows()
            .changeWebhooks(
                List.of(row.number(), deleted.number(), 4711L), webhook -> Optional.empty()))
        .isEqualTo(Map.of(row.number(), false));
    assertThat(samples().find(row)).usingRecursiveComparison().isEqualTo(row);
  }

  @Test
  void webhook_locked_by_a_host_is_left_out_without_a_wait_and_keeps_the_hosts_change() {
    WebhookRow locked = samples().stored(samples().webhook());
    WebhookRow free = samples().stored(samples().webhook());
    List<Long> both = List.of(locked.number(), free.number());

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> {
        WebhookRow row = session.lockWebhook(ACME, locked.configuration().id()).orElseThrow();
        session.updateWebhook(samples().webhook().secret(bytes("theirs")).replacing(row, NOW));
      });
      assertThat(rows().changeWebhooks(both, EncryptedRowsContract::replaced))
          .isEqualTo(Map.of(free.number(), true));
      host.commit();
    }

    assertThat(samples().find(locked).configuration().secret()).isEqualTo(bytes("theirs"));
    assertThat(rows().changeWebhooks(List.of(locked.number()), EncryptedRowsContract::replaced))
        .isEqualTo(Map.of(locked.number(), true));
  }

  @Test
  void of_several_instances_at_once_one_changes_a_row() {
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      numbers.add(samples().active().number());
    }
    AtomicInteger turn = new AtomicInteger();

    List<Long> changed = Concurrently.times(4, () -> {
      EncryptedRows rows = (turn.getAndIncrement() % 2 == 0 ? store() : otherStore()).encrypted();
      return rows
          .changeWebhooks(
              numbers,
              webhook -> Arrays.equals(webhook.secret(), NEW)
                  ? Optional.empty()
                  : Optional.of(webhook
                      .change()
                      .headers(NEW)
                      .secret(NEW)
                      .oldSecret(null, null)
                      .build()))
          .values()
          .stream()
          .filter(done -> done)
          .count();
    });

    assertThat(changed.stream().mapToLong(count -> count).sum()).isEqualTo(numbers.size());
  }

  @Test
  void any_encrypted_secret_is_noticed() {
    assertThat(rows().any()).isFalse();
    samples().active();
    assertThat(rows().any()).isFalse();

    WebhookConfiguration encrypted =
        samples().stored(samples().webhook().secret(NEW)).configuration();

    assertThat(rows().any()).isTrue();
    samples().delete(encrypted);
    assertThat(rows().any()).isFalse();
    for (int first : new int[] {0, 9, 32, 127, 128, 255}) {
      samples().stored(samples().webhook().secret(new byte[] {(byte) first, 1}));
    }
    assertThat(rows().any()).as("no other byte marks anything").isFalse();
    samples().stored(samples().webhook().secret(new byte[] {SecretCipher.LAST_MARK}));
    assertThat(rows().any()).isTrue();
  }

  @Test
  void answers_of_all_accounts_come_page_by_page_and_keys_without_one_do_not() {
    List<IdempotencyKey> keys = List.of(
        new IdempotencyKey(ACME, "B"),
        new IdempotencyKey(ACME, "a"),
        new IdempotencyKey(ACME, "a "),
        new IdempotencyKey(GLOBEX, "A"),
        new IdempotencyKey("globey", "!"));
    for (int i = keys.size() - 1; i >= 0; i--) {
      answer(keys.get(i), bytes("answer " + i));
    }
    reserve(new IdempotencyKey(ACME, "running"));

    List<StoredAnswer> first = rows().answers(EncryptedRows.FIRST_ANSWER, 2);
    List<StoredAnswer> second = rows().answers(keys.get(1), 2);

    assertThat(keys(first)).isEqualTo(keys.subList(0, 2));
    assertThat(first.get(1).answer()).isEqualTo(bytes("answer 1"));
    assertThat(keys(second)).isEqualTo(keys.subList(2, 4));
    assertThat(keys(rows().answers(keys.get(3), 2))).isEqualTo(keys.subList(4, 5));
    assertThat(rows().answers(keys.get(4), 2)).isEmpty();
  }

  @Test
  void replaced_answer_is_what_is_replayed() {
    IdempotencyKey key = new IdempotencyKey(ACME, "k");
    IdempotencyKey other = new IdempotencyKey(GLOBEX, "k");
    answer(key, bytes("before"));
    answer(other, bytes("other"));

    Map<IdempotencyKey, Boolean> changed = rows()
        .changeAnswers(
            List.of(key, other, new IdempotencyKey(ACME, "gone")),
            answer -> Arrays.equals(answer, bytes("other"))
                ? Optional.empty()
                : Optional.of(concat(NEW, answer)));

    assertThat(changed).isEqualTo(Map.of(key, true, other, false));
    assertThat(reserve(key))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(CREATE, concat(NEW, bytes("before"))));
    assertThat(reserve(other))
        .usingRecursiveComparison()
        .isEqualTo(new Reservation.Used(CREATE, bytes("other")));
  }

  @Test
  void nothing_is_there_at_first() {
    assertThat(rows().webhooks(0, 10)).isEmpty();
    assertThat(rows().answers(EncryptedRows.FIRST_ANSWER, 10)).isEmpty();
    assertThat(rows().changeWebhooks(List.of(), EncryptedRowsContract::replaced))
        .isEmpty();
    assertThat(rows().changeAnswers(List.of(), Optional::of)).isEmpty();
  }

  private EncryptedRows rows() {
    return store().encrypted();
  }

  private static Optional<WebhookConfiguration> replaced(WebhookConfiguration webhook) {
    return Optional.of(
        webhook.change().headers(NEW).secret(NEW).oldSecret(null, null).build());
  }

  private void answer(IdempotencyKey key, byte[] answer) {
    UUID token = samples().id(NOW);
    write(session -> {
      session.idempotency().reserve(key, CREATE, token, NOW);
      session.idempotency().answer(key, token, answer);
    });
  }

  private Reservation reserve(IdempotencyKey key) {
    UUID token = samples().id(NOW);
    return read(session -> session.idempotency().reserve(key, CREATE, token, NOW));
  }

  private static List<Long> numbers(List<WebhookConfiguration> webhooks) {
    return webhooks.stream().map(WebhookConfiguration::number).toList();
  }

  private static List<IdempotencyKey> keys(List<StoredAnswer> answers) {
    return answers.stream().map(StoredAnswer::key).toList();
  }

  private static byte[] concat(byte[] head, byte[] tail) {
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }
}
