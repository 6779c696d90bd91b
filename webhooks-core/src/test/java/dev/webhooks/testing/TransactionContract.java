package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.ACME;
import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.later;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Own transactions, the host's transactions, and what one sees of another. */
public abstract class TransactionContract extends StoreContract {
  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected TransactionContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void opening_again_changes_nothing() {
    WebhookConfiguration hook = samples().active();

    store().open();
    otherStore().open();

    assertThat(queue().configurations(List.of(hook.number()))).containsKey(hook.number());
    assertThat(store().describe()).isNotBlank();
    assertThat(store().currentTime()).isNotNull();
  }

  @Test
  void own_transaction_that_returns_is_committed() {
    WebhookRow row = samples().webhook().row();

    Long number = read(session -> session.insertWebhook(row));

    assertThat(otherStore().queue().configurations(List.of(number))).containsKey(number);
  }

  @Test
  void own_transaction_that_throws_leaves_nothing_and_throws_on() {
    WebhookConfiguration hook = samples().active();
    WebhookRow another = samples().webhook().row();
    NewEvent event = samples().event().givenId("e-1").to(hook).build();
    IllegalStateException fault = new IllegalStateException("on purpose");

    assertThatThrownBy(() -> write(session -> {
          session.insertWebhook(another);
          session.insertEvents(List.of(event));
          assertThat(session.lockWebhook(ACME, hook.id())).isPresent();
          session.deleteWebhook(hook.number(), later(1));
          throw fault;
        }))
        .isSameAs(fault);

    assertThat(webhooks(ACME)).isEqualTo(1);
    assertThat(queue().depth().pending()).isZero();
    assertThat(samples().publish(event).get(0).stored()).isTrue();
  }

  @Test
  void transaction_sees_what_it_did_itself() {
    WebhookRow row = samples().webhook().events("order.*").row();

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.insertWebhook(row));

      assertThat(in(host, session -> session.countWebhooks(ACME)).intValue()).isEqualTo(1);
      Optional<WebhookRow> own =
          in(host, session -> session.findWebhook(ACME, row.configuration().id()));
      assertThat(own).isPresent();
      assertThat(in(host, session -> session.subscribers(ACME, Set.of("order.paid")))
              .get("order.paid"))
          .hasSize(1);
    }
  }

  @Test
  void what_a_host_has_not_committed_is_seen_by_nobody_else() {
    WebhookConfiguration hook = samples().active();
    WebhookRow another = samples().webhook().row();
    NewEvent event = samples().event().to(hook).build();
    long me = instance();

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.insertWebhook(another));
      publishIn(host, event);

      assertThat(webhooks(ACME)).isEqualTo(1);
      assertThat(samples().claim(me)).isEmpty();
      assertThat(queue().claimById(me, StoreSamples.refs(event))).isEmpty();
      assertThat(queue().depth().pending()).isZero();
      assertThat(log().find(hook, event.deliveries().get(0).ref().id())).isEmpty();

      host.commit();
    }

    assertThat(webhooks(ACME)).isEqualTo(2);
    assertThat(queue().depth().pending()).isEqualTo(1);
    assertThat(queue().claimById(me, StoreSamples.refs(event))).hasSize(1);
  }

  @Test
  void what_a_host_rolls_back_never_was() {
    WebhookConfiguration hook = samples().active();
    WebhookRow another = samples().webhook().row();
    NewEvent event = samples().event().givenId("e-1").to(hook).build();

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> session.insertWebhook(another));
      publishIn(host, event);
      doIn(host, session -> {
        assertThat(session.lockWebhook(ACME, hook.id())).isPresent();
        session.deleteWebhook(hook.number(), later(1));
      });
      host.rollback();
    }

    assertThat(find(ACME, hook.id())).isPresent();
    assertThat(webhooks(ACME)).isEqualTo(1);
    assertThat(queue().depth().pending()).isZero();
    assertThat(samples().publish(event).get(0).stored()).isTrue();
  }

  @Test
  void refused_work_is_undone_and_the_rest_of_the_hosts_transaction_stays() {
    WebhookConfiguration hook = samples().active();
    WebhookException refusal = new WebhookException(ErrorCode.INVALID_REQUEST, "on purpose");
    NewEvent before = samples().event().to(hook).build();
    NewEvent refused = samples().event().to(hook).build();
    NewEvent after = samples().event().to(hook).build();

    try (OpenTransaction host = fixture().begin()) {
      publishIn(host, before);
      assertThatThrownBy(() -> doIn(host, session -> {
            session.insertEvents(List.of(refused));
            session.insertWebhook(samples().webhook().row());
            throw refusal;
          }))
          .isSameAs(refusal);
      publishIn(host, after);
      host.commit();
    }

    assertThat(StoreSamples.refs(samples().claim(instance())))
        .containsExactlyInAnyOrder(
            before.deliveries().get(0).ref(), after.deliveries().get(0).ref());
    assertThat(webhooks(ACME)).isEqualTo(1);
  }

  @Test
  void foreign_transaction_is_refused() {
    HostTransaction foreign = new HostTransaction() {};

    assertThatThrownBy(() -> store().join(foreign, session -> session.countWebhooks(ACME)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void open_publish_holds_up_neither_engine_nor_registry() {
    WebhookRow hook = samples().stored(samples().webhook());
    long me = instance();
    samples().enqueue(hook.configuration(), 2);

    try (OpenTransaction host = fixture().begin()) {
      NewEvent event = samples().event().givenId("e-1").to(hook.configuration()).build();
      publishIn(host, event);

      // Whoever had to wait here would wait in vain, and be told so.
      drain(me);
      samples().enqueue(hook.configuration(), 1);
      samples().update(hook, samples().webhook().name("Changed"));
      samples().delete(hook.configuration());
      host.commit();
    }
  }

  @Test
  void webhook_that_a_host_is_changing_is_sent_to_as_it_was() {
    WebhookRow hook = samples().stored(samples().webhook());
    long me = instance();
    samples().enqueue(hook.configuration(), 2);

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> pause(session, hook));

      assertThat(
              queue().configurations(List.of(hook.number())).get(hook.number()).status())
          .isEqualTo(WebhookStatus.ACTIVE);
      assertThat(find(ACME, hook.configuration().id()))
          .hasValueSatisfying(
              row -> assertThat(row.configuration().status()).isEqualTo(WebhookStatus.ACTIVE));
      drain(me);
      samples().enqueue(hook.configuration(), 1);
      host.commit();
    }

    assertThat(samples().claim(me)).isEmpty();
  }

  @Test
  void webhook_locked_by_another_is_waited_for_two_seconds() {
    WebhookRow hook = samples().stored(samples().webhook());

    waitsInVain(session -> session.lockWebhook(ACME, hook.configuration().id()));
  }

  @Test
  void account_locked_by_another_is_waited_for_two_seconds() {
    waitsInVain(session -> {
      session.lockAccount(ACME);
      return true;
    });
  }

  @Test
  void locks_end_with_their_transaction() {
    WebhookRow hook = samples().stored(samples().webhook());

    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> lockBoth(session, hook));
      host.rollback();
    }
    try (OpenTransaction host = fixture().begin()) {
      doIn(host, session -> lockBoth(session, hook));
      host.commit();
    }

    LockWaits.none(() -> write(session -> lockBoth(session, hook)));
  }

  private static void lockBoth(StoreSession session, WebhookRow hook) {
    session.lockAccount(ACME);
    assertThat(session.lockWebhook(ACME, hook.configuration().id())).isPresent();
  }

  private void pause(StoreSession session, WebhookRow hook) {
    WebhookRow locked = session.lockWebhook(ACME, hook.configuration().id()).orElseThrow();
    session.updateWebhook(samples().webhook().status(WebhookStatus.PAUSED).replacing(locked, NOW));
  }

  private void drain(long instance) {
    samples()
        .claim(instance)
        .forEach(claimed -> queue()
            .finish(instance, List.of(StoreSamples.delivered(claimed.claim(), 1, NOW)), NOW));
    assertThat(queue().depth().pending()).isZero();
  }

  /** One host's transaction takes a lock; another one asks in vain and stays usable. */
  private <T> void waitsInVain(Function<StoreSession, T> lock) {
    try (OpenTransaction first = fixture().begin();
        OpenTransaction second = fixture().begin()) {
      in(first, lock);

      LockWaits.one(() ->
          assertThatThrownBy(() -> in(second, lock)).isInstanceOf(StoreUnavailableException.class));

      doIn(second, session -> session.insertWebhook(samples().webhook().row()));
      second.commit();
      first.commit();
    }
    assertThat(webhooks(ACME)).isPositive();
  }
}
