package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** The rows of webhooks: stored, found, locked, changed, deleted and counted. */
public abstract class RegistryContract extends StoreContract {
  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected RegistryContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void webhook_comes_back_as_it_was_stored() {
    Instant overlap = Instant.parse("2026-11-24T10:00:00.654321Z");
    WebhookRow row = samples()
        .webhook()
        .name("Zoë's “order” 🚀 名前 \\ ' %")
        .url("https://hooks.acme.example/" + "a".repeat(2_000))
        .events("order.paid", "user.*", "*")
        .headers(everyByte())
        .secret(everyByte())
        .oldSecret(everyByte(), overlap)
        .status(WebhookStatus.PAUSED)
        .row();

    Long number = read(session -> session.insertWebhook(row));

    WebhookRow found = samples().find(row);
    assertThat(number).isPositive();
    assertThat(found)
        .usingRecursiveComparison()
        .ignoringFields("configuration.number")
        .isEqualTo(row);
    assertThat(found.number()).isEqualTo(number);
    assertThat(queue().configurations(List.of(number)).get(number))
        .usingRecursiveComparison()
        .isEqualTo(found.configuration());
  }

  @Test
  void what_may_be_missing_comes_back_missing() {
    WebhookRow found = samples().stored(samples().webhook().name(null).headers(new byte[0]));

    assertThat(found.name()).isNull();
    assertThat(found.configuration().headers()).isEmpty();
    assertThat(found.configuration().oldSecret()).isNull();
    assertThat(found.configuration().oldSecretUntil()).isNull();
    assertThat(found.configuration().deleted()).isFalse();
  }

  @Test
  void id_that_a_webhook_was_imported_with_stays_whatever_changes() {
    WebhookRow row = samples().stored(samples().webhook().givenId("Hook_17-b"));
    UUID id = row.configuration().id();
    WebhookConfiguration updated =
        samples().update(row, samples().webhook().url("https://new.example/")).configuration();
    store().health().fail(row.number(), updated.version(), NOW);

    assertThat(row.configuration().publicId()).isEqualTo("Hook_17-b");
    assertThat(updated.publicId()).isEqualTo("Hook_17-b");
    assertThat(find(ACME, id).orElseThrow().configuration().publicId()).isEqualTo("Hook_17-b");
    assertThat(queue().configurations(List.of(row.number())).get(row.number()).publicId())
        .isEqualTo("Hook_17-b");
    assertThat(samples().active().publicId()).startsWith("wh_");
  }

  @Test
  void id_is_taken_for_all_accounts_also_by_a_deleted_webhook() {
    WebhookRow first = samples().webhook().row();
    samples().write(session -> session.insertWebhook(first));
    WebhookRow stranger = withIdOf(first, GLOBEX);

    assertThatThrownBy(() -> read(session -> session.insertWebhook(stranger)))
        .isInstanceOfSatisfying(
            WebhookException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY));
    samples().delete(samples().find(first).configuration());
    assertThatThrownBy(() -> read(session -> session.insertWebhook(withIdOf(first, ACME))))
        .isInstanceOf(WebhookException.class);

    assertThat(webhooks(GLOBEX)).isZero();
    assertThat(webhooks(ACME)).isZero();
  }

  @Test
  void of_webhooks_stored_at_once_under_one_id_one_is_stored() {
    WebhookRow row = samples().webhook().row();

    List<Boolean> stored = Concurrently.times(4, () -> {
      try {
        return store().<Long>transact(session -> session.insertWebhook(row)) > 0;
      } catch (WebhookException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
        return false;
      }
    });

    assertThat(stored).containsExactlyInAnyOrder(true, false, false, false);
    assertThat(webhooks(ACME)).isEqualTo(1);
  }

  @Test
  void taken_id_leaves_the_hosts_transaction_usable() {
    WebhookRow first = samples().webhook().row();
    samples().write(session -> session.insertWebhook(first));

    try (OpenTransaction host = fixture().begin()) {
      WebhookRow before = samples().webhook().account(GLOBEX).row();
      in(host, session -> session.insertWebhook(before));
      assertThatThrownBy(() -> in(host, session -> session.insertWebhook(withIdOf(first, GLOBEX))))
          .isInstanceOf(WebhookException.class);
      WebhookRow after = samples().webhook().account(GLOBEX).row();
      in(host, session -> session.insertWebhook(after));
      host.commit();
    }

    assertThat(webhooks(GLOBEX)).isEqualTo(2);
  }

  private static WebhookRow withIdOf(WebhookRow row, String account) {
    WebhookConfiguration c = row.configuration();
    WebhookConfiguration other = WebhookConfiguration.of(c.id(), account)
        .url(c.url())
        .headers(c.headers())
        .secret(c.secret())
        .build();
    return new WebhookRow(other, row.name(), row.events(), row.createdAt(), row.updatedAt());
  }

  @Test
  void numbers_grow() {
    assertThat(samples().active().number()).isLessThan(samples().active().number());
  }

  @Test
  void webhook_of_another_account_is_not_there() {
    WebhookRow row = samples().stored(samples().webhook().account(ACME));
    UUID id = row.configuration().id();

    for (String stranger : List.of(GLOBEX, "ACME", "acm", "")) {
      assertThat(find(stranger, id)).isEmpty();
      assertThat(lock(stranger, id)).isEmpty();
      assertThat(webhooks(stranger)).isZero();
    }
  }

  @Test
  void unknown_webhook_is_not_there() {
    UUID unknown = samples().id(NOW);

    assertThat(find(ACME, unknown)).isEmpty();
    assertThat(lock(ACME, unknown)).isEmpty();
    assertThat(queue().configurations(List.of(4711L))).isEmpty();
    assertThat(queue().configurations(List.of())).isEmpty();
  }

  @Test
  void locking_returns_the_row() {
    WebhookRow row = samples().stored(samples().webhook().name("Locked"));

    assertThat(lock(ACME, row.configuration().id()))
        .hasValueSatisfying(
            locked -> assertThat(locked).usingRecursiveComparison().isEqualTo(row));
  }

  @Test
  void update_replaces_configuration_and_subscriptions() {
    WebhookRow before = samples().stored(samples().webhook().events("order.paid"));
    Instant overlap = later(3_600);

    WebhookRow after = samples()
        .update(
            before,
            samples()
                .webhook(later(99))
                .name("Neu ü")
                .url("https://other.example/")
                .events("user.*", "order.shipped")
                .headers(everyByte())
                .secret(new byte[] {9})
                .oldSecret(new byte[] {8}, overlap)
                .status(WebhookStatus.FAILED));

    WebhookConfiguration now = after.configuration();
    assertThat(after.name()).isEqualTo("Neu ü");
    assertThat(after.events()).containsExactly("user.*", "order.shipped");
    assertThat(after.updatedAt()).isEqualTo(later(1));
    assertThat(now.url()).isEqualTo("https://other.example/");
    assertThat(now.headers()).isEqualTo(everyByte());
    assertThat(now.secret()).containsExactly(9);
    assertThat(now.oldSecret()).containsExactly(8);
    assertThat(now.oldSecretUntil()).isEqualTo(overlap);
    assertThat(now.status()).isEqualTo(WebhookStatus.FAILED);
  }

  @Test
  void update_keeps_number_id_account_and_creation() {
    WebhookRow before = samples().stored(samples().webhook());

    WebhookRow after = samples().update(before, samples().webhook(later(99)));

    assertThat(after.number()).isEqualTo(before.number());
    assertThat(after.configuration().id()).isEqualTo(before.configuration().id());
    assertThat(after.account()).isEqualTo(before.account());
    assertThat(after.createdAt()).isEqualTo(before.createdAt());
  }

  @Test
  void update_can_clear_what_may_be_missing() {
    WebhookRow before = samples().stored(samples().webhook().oldSecret(new byte[] {1}, later(60)));

    WebhookRow after = samples().update(before, samples().webhook().name(null));

    assertThat(after.name()).isNull();
    assertThat(after.configuration().oldSecret()).isNull();
    assertThat(after.configuration().oldSecretUntil()).isNull();
  }

  @Test
  void update_leaves_other_webhooks_alone() {
    WebhookRow changed = samples().stored(samples().webhook());
    WebhookRow other = samples().stored(samples().webhook().events("order.*").name("Other"));

    samples().update(changed, samples().webhook().name("Changed").events("user.*"));

    assertThat(samples().find(other)).usingRecursiveComparison().isEqualTo(other);
  }

  @Test
  void version_grows_by_one_with_each_update() {
    WebhookRow first = samples().stored(samples().webhook());
    WebhookRow second = samples().update(first, samples().webhook().name("2"));
    WebhookRow third = samples().update(first, samples().webhook().name("3"));

    int version = first.configuration().version();
    assertThat(second.configuration().version()).isEqualTo(version + 1);
    assertThat(third.configuration().version()).isEqualTo(version + 2);
  }

  @Test
  void updates_in_one_transaction_build_on_each_other() {
    WebhookRow row = samples().stored(samples().webhook());

    write(session -> {
      for (String name : List.of("one", "two")) {
        WebhookRow locked = session.lockWebhook(ACME, row.configuration().id()).orElseThrow();
        session.updateWebhook(samples().webhook().name(name).replacing(locked, NOW));
      }
    });

    assertThat(samples().find(row).name()).isEqualTo("two");
    assertThat(samples().find(row).configuration().version())
        .isEqualTo(row.configuration().version() + 2);
  }

  @Test
  void deleted_webhook_is_found_no_more() {
    WebhookConfiguration deleted = samples().active();
    WebhookConfiguration kept = samples().active();

    samples().delete(deleted);

    assertThat(find(ACME, deleted.id())).isEmpty();
    assertThat(lock(ACME, deleted.id())).isEmpty();
    assertThat(find(ACME, kept.id())).isPresent();
    assertThat(webhooks(ACME)).isEqualTo(1);
  }

  @Test
  void deleted_webhook_stays_as_a_tombstone_for_the_engine() {
    WebhookConfiguration hook = samples().active();

    samples().delete(hook);

    WebhookConfiguration tombstone =
        queue().configurations(List.of(hook.number())).get(hook.number());
    assertThat(tombstone.deleted()).isTrue();
    assertThat(tombstone.sendable()).isFalse();
    assertThat(tombstone.version()).isGreaterThan(hook.version());
  }

  @Test
  void configurations_are_returned_for_each_number_that_has_a_row() {
    WebhookConfiguration active = samples().active();
    WebhookConfiguration paused = samples().withStatus(WebhookStatus.PAUSED);
    WebhookConfiguration globex =
        samples().stored(samples().webhook().account(GLOBEX)).configuration();

    assertThat(queue()
            .configurations(List.of(active.number(), paused.number(), globex.number(), 4711L)))
        .containsOnlyKeys(active.number(), paused.number(), globex.number());
  }

  @Test
  void webhooks_are_counted_for_each_account() {
    samples().active();
    samples().withStatus(WebhookStatus.FAILED);
    samples().stored(samples().webhook().account(GLOBEX));

    assertThat(webhooks(ACME)).isEqualTo(2);
    assertThat(webhooks(GLOBEX)).isEqualTo(1);
    assertThat(webhooks("nobody")).isZero();
  }

  @Test
  void locked_account_makes_a_limit_exact_under_concurrent_creates() {
    int limit = 5;

    List<Boolean> created = Concurrently.times(8, () -> {
      WebhookRow row = samples().webhook().row();
      return store().transact(session -> {
        session.lockAccount(ACME);
        boolean room = session.countWebhooks(ACME) < limit;
        if (room) {
          session.insertWebhook(row);
        }
        return room;
      });
    });

    assertThat(created).filteredOn(room -> room).hasSize(limit);
    assertThat(webhooks(ACME)).isEqualTo(limit);
  }

  @Test
  void locked_account_holds_up_no_other_account_and_no_publish() {
    WebhookConfiguration hook = samples().active();

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.lockAccount(ACME));

      write(session -> session.lockAccount(GLOBEX));
      samples().enqueue(hook, 1);
      host.commit();
    }

    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void locked_webhook_makes_concurrent_updates_take_turns() {
    WebhookRow row = samples().stored(samples().webhook().name("0"));

    Concurrently.times(
        8,
        () -> store().transact(session -> {
          WebhookRow locked =
              session.lockWebhook(ACME, row.configuration().id()).orElseThrow();
          int count = Integer.parseInt(locked.name());
          session.updateWebhook(
              samples().webhook().name(Integer.toString(count + 1)).replacing(locked, NOW));
          return true;
        }));

    assertThat(samples().find(row).name()).isEqualTo("8");
  }

  private static byte[] everyByte() {
    byte[] bytes = new byte[256];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }
}
