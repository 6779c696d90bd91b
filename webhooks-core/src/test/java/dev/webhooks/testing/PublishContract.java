package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.GLOBEX;
import static dev.webhooks.testing.StoreSamples.refs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Events: stored with their deliveries, and an id counts once. */
public abstract class PublishContract extends StoreContract {
  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected PublishContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @Test
  void event_is_stored_with_a_delivery_for_each_webhook() {
    WebhookConfiguration one = samples().active();
    WebhookConfiguration two = samples().active();
    NewEvent event = samples().event().to(one, two).build();

    List<EventReceipt> receipts = samples().publish(event);

    assertThat(receipts).containsExactly(new EventReceipt(true, 2, event.fingerprint()));
    assertThat(refs(samples().claim(instance()))).containsExactlyInAnyOrderElementsOf(refs(event));
  }

  @Test
  void delivery_carries_the_event() {
    byte[] body = new byte[256 << 10];
    new Random(1).nextBytes(body);
    WebhookConfiguration hook = samples().active();
    NewEvent event = samples().event().type("user.created").body(body).to(hook).build();

    samples().publish(event);

    assertThat(samples().claim(instance())).singleElement().satisfies(claimed -> {
      assertThat(claimed.event()).isEqualTo(event.id());
      assertThat(claimed.eventId()).isEqualTo(PublicId.EVENT.format(event.id()));
      assertThat(claimed.eventType()).isEqualTo("user.created");
      assertThat(claimed.attempts()).isZero();
      assertThat(claimed.createdAt()).isEqualTo(event.createdAt());
      assertThat(claimed.body()).isEqualTo(body);
    });
  }

  @Test
  void given_id_is_the_events_public_id() {
    WebhookConfiguration hook = samples().active();

    samples().publish(samples().event().givenId("Order_17-paid").to(hook).build());

    assertThat(samples().claim(instance()))
        .extracting(ClaimedDelivery::eventId)
        .containsExactly("Order_17-paid");
  }

  @Test
  void event_that_nobody_receives_still_uses_its_id_up() {
    NewEvent event = samples().event().givenId("e-1").build();

    assertThat(samples().publish(event))
        .containsExactly(new EventReceipt(true, 0, event.fingerprint()));
    assertThat(samples().publish(event))
        .containsExactly(new EventReceipt(false, 0, event.fingerprint()));
  }

  @Test
  void no_events_need_no_receipts() {
    assertThat(samples().publish()).isEmpty();
  }

  @Test
  void given_id_used_before_is_skipped_with_the_first_result() {
    WebhookConfiguration one = samples().active();
    WebhookConfiguration two = samples().active();
    NewEvent first = samples().event().givenId("e-1").body("first").to(one, two).build();
    NewEvent second = samples().event().givenId("e-1").body("second").to(one).build();

    samples().publish(first);
    List<EventReceipt> receipts = samples().publish(second);

    assertThat(receipts).containsExactly(new EventReceipt(false, 2, first.fingerprint()));
    assertThat(refs(samples().claim(instance()))).containsExactlyInAnyOrderElementsOf(refs(first));
  }

  @Test
  void given_id_counts_for_its_account_and_its_exact_spelling() {
    assertThat(
            samples().publish(samples().event().givenId("e-1").build()).get(0).stored())
        .isTrue();

    NewEvent globex = samples().event().account(GLOBEX).givenId("e-1").build();
    NewEvent upper = samples().event().givenId("E-1").build();
    NewEvent longer = samples().event().givenId("e-1_").build();
    NewEvent longest = samples().event().givenId("e".repeat(64)).build();
    assertThat(samples().publish(globex).get(0).stored()).isTrue();
    assertThat(samples().publish(upper, longer, longest))
        .extracting(EventReceipt::stored)
        .containsExactly(true, true, true);
  }

  @Test
  void batch_tells_fresh_ids_from_known_ones_in_its_order() {
    WebhookConfiguration hook = samples().active();
    NewEvent known = samples().event().givenId("known").body("known").to(hook).build();
    samples().publish(known);
    NewEvent fresh = samples().event().givenId("fresh").to(hook).build();
    NewEvent again =
        samples().event().givenId("known").body("again").to(hook, hook).build();
    NewEvent library = samples().event().body("library").build();

    List<EventReceipt> receipts = samples().publish(fresh, again, library);

    assertThat(receipts)
        .containsExactly(
            new EventReceipt(true, 1, fresh.fingerprint()),
            new EventReceipt(false, 1, known.fingerprint()),
            new EventReceipt(true, 0, library.fingerprint()));
    assertThat(queue().depth().pending()).isEqualTo(2);
  }

  @Test
  void batch_of_several_accounts_tells_their_ids_apart() {
    WebhookConfiguration hook = samples().active();
    NewEvent acmes = samples().event().givenId("known").body("acme's").to(hook).build();
    NewEvent globexs =
        samples().event().account(GLOBEX).givenId("known").body("globex's").build();
    NewEvent made = samples().event().account(GLOBEX).body("made").build();
    samples().publish(acmes);
    samples().publish(globexs, made);
    String lookalike = PublicId.EVENT.format(made.id());
    NewEvent acmesLookalike =
        samples().event().givenId(lookalike).body("first").to(hook).build();

    List<EventReceipt> receipts = samples()
        .publish(
            samples().event().account(GLOBEX).givenId("known").to(hook).build(),
            acmesLookalike,
            samples().event().givenId("known").build(),
            samples().event().account(GLOBEX).givenId(lookalike).to(hook).build(),
            made);

    assertThat(receipts)
        .containsExactly(
            new EventReceipt(false, 0, globexs.fingerprint()),
            new EventReceipt(true, 1, acmesLookalike.fingerprint()),
            new EventReceipt(false, 1, acmes.fingerprint()),
            new EventReceipt(false, 0, made.fingerprint()),
            new EventReceipt(false, 0, made.fingerprint()));
    assertThat(queue().depth().pending()).isEqualTo(2);
  }

  @Test
  void large_batch_is_stored_whole() {
    WebhookConfiguration hook = samples().active();

    samples().enqueue(hook, 500);

    assertThat(samples().claim(instance())).hasSize(500);
  }

  @Test
  void id_made_by_the_library_and_given_again_is_known() {
    WebhookConfiguration hook = samples().active();
    NewEvent made = samples().event().to(hook).build();
    samples().publish(made);
    String id = PublicId.EVENT.format(made.id());
    NewEvent given = samples().event().givenId(id).body("other").to(hook, hook).build();

    assertThat(samples().publish(given))
        .containsExactly(new EventReceipt(false, 1, made.fingerprint()));
    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void body_is_found_by_its_account_and_in_its_own_transaction_before_the_commit() {
    NewEvent event = samples().event().body("said").build();
    byte[] before = read(session -> {
      session.insertEvents(List.of(event));
      return session.findBody(event.account(), event.id()).orElseThrow();
    });

    Optional<byte[]> after = read(session -> session.findBody(event.account(), event.id()));
    Optional<byte[]> ofAnother = read(session -> session.findBody(GLOBEX, event.id()));
    Optional<byte[]> ofNone =
        read(session -> session.findBody(event.account(), samples().id(StoreSamples.NOW)));
    assertThat(before).isEqualTo(event.body());
    assertThat(after.orElseThrow()).isEqualTo(event.body());
    assertThat(ofAnother).isEmpty();
    assertThat(ofNone).isEmpty();
  }

  @Test
  void id_that_looks_like_one_of_the_librarys_but_is_unknown_or_of_another_account_is_fresh() {
    NewEvent acme = samples().event().build();
    samples().publish(acme);
    String id = PublicId.EVENT.format(acme.id());
    String unknown = PublicId.EVENT.format(samples().id(StoreSamples.NOW));

    NewEvent globex = samples().event().account(GLOBEX).givenId(id).build();
    assertThat(samples().publish(globex).get(0).stored()).isTrue();
    assertThat(
            samples().publish(samples().event().givenId(unknown).build()).get(0).stored())
        .isTrue();
  }

  @Test
  void event_stored_again_under_its_own_id_is_stored_once() {
    WebhookConfiguration hook = samples().active();
    NewEvent event = samples().event().to(hook).build();

    samples().publish(event);

    assertThat(samples().publish(event))
        .as("as after a commit whose answer was lost")
        .containsExactly(new EventReceipt(false, 1, event.fingerprint()));
    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void delivery_can_be_born_owned_under_claim_number_zero() {
    WebhookConfiguration hook = samples().active();
    long me = instance();
    NewEvent event = samples().event().ownedBy(me).to(hook).build();
    ClaimRef born = new ClaimRef(refs(event).get(0), 0);

    samples().publish(event);

    assertThat(samples().claim(instance())).as("owned rows are not claimed").isEmpty();
    assertThat(queue().owned(me, refs(event))).containsExactly(born);
    assertThat(queue()
            .finish(
                me, List.of(StoreSamples.delivered(born, 1, StoreSamples.NOW)), StoreSamples.NOW))
        .containsExactly(born.ref().id());
  }

  @Test
  void events_of_one_transaction_know_each_other() {
    WebhookConfiguration hook = samples().active();
    NewEvent first = samples().event().givenId("e-1").to(hook).build();
    NewEvent second = samples().event().givenId("e-1").to(hook).build();

    try (OpenTransaction host = fixture().begin()) {
      publishIn(host, first);
      assertThat(publishIn(host, second))
          .containsExactly(new EventReceipt(false, 1, first.fingerprint()));
      host.commit();
    }

    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  @Test
  void id_committed_by_another_after_the_transaction_began_is_known() {
    WebhookConfiguration hook = samples().active();
    NewEvent first = samples().event().givenId("e-1").body("first").to(hook).build();
    NewEvent second = samples().event().givenId("e-1").body("second").to(hook).build();

    try (OpenTransaction host = fixture().begin()) {
      doIn(
          host,
          session -> session.insertEvents(List.of(samples().event().to(hook).build())));
      samples().publish(first);
      assertThat(publishIn(host, second))
          .containsExactly(new EventReceipt(false, 1, first.fingerprint()));
      host.commit();
    }

    assertThat(queue().depth().pending()).isEqualTo(2);
  }

  @Test
  void id_that_another_open_transaction_is_storing_is_refused_at_once() {
    WebhookConfiguration hook = samples().active();
    NewEvent first = samples().event().givenId("e-1").to(hook).build();
    NewEvent same = samples().event().givenId("e-1").to(hook).build();
    NewEvent companion = samples().event().givenId("e-2").to(hook).build();
    NewEvent after = samples().event().givenId("e-3").to(hook).build();

    try (OpenTransaction one = fixture().begin();
        OpenTransaction two = fixture().begin()) {
      publishIn(one, first);

      Runnable refused = () -> assertThatThrownBy(() -> publishIn(two, companion, same))
          .asInstanceOf(type(WebhookException.class))
          .extracting(WebhookException::code)
          .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
      if (fixture().refusesBusyEventIdAtOnce()) {
        LockWaits.none(refused);
      } else {
        LockWaits.one(refused);
      }

      publishIn(two, after);
      two.commit();
      one.commit();
    }

    assertThat(refs(samples().claim(instance())))
        .as("the refused call stored nothing, the host's transaction stayed usable")
        .containsExactlyInAnyOrder(refs(first).get(0), refs(after).get(0));
    assertThat(samples().publish(companion).get(0).stored()).isTrue();
  }

  @Test
  void own_transaction_is_refused_an_id_that_a_host_is_storing() {
    NewEvent first = samples().event().givenId("e-1").build();
    NewEvent same = samples().event().givenId("e-1").build();

    try (OpenTransaction host = fixture().begin()) {
      publishIn(host, first);
      assertThatThrownBy(() -> samples().publish(same))
          .asInstanceOf(type(WebhookException.class))
          .extracting(WebhookException::code)
          .isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
      host.rollback();
    }

    assertThat(samples().publish(same).get(0).stored()).isTrue();
  }

  @Test
  void publishing_in_eight_open_transactions_to_the_same_webhooks_never_waits() {
    WebhookConfiguration one = samples().active();
    WebhookConfiguration two = samples().active();
    List<OpenTransaction> open = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        open.add(fixture().begin());
      }
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 8; i++) {
          boolean inOrder = i % 2 == 0;
          publishIn(open.get(i), inOrder ? given(one, two) : given(two, one));
        }
      }
      // All are still open: who had waited for one of them would have been refused.
      Collections.reverse(open);
      open.forEach(OpenTransaction::commit);
    } finally {
      open.forEach(OpenTransaction::close);
    }

    assertThat(queue().depth().pending()).isEqualTo(8 * 3 * 2);
  }

  @Test
  void one_of_many_that_publish_an_id_at_the_same_time_stores_it() {
    WebhookConfiguration hook = samples().active();

    List<Boolean> stored = Concurrently.times(8, () -> {
      NewEvent event = samples().event().givenId("e-1").to(hook).build();
      try {
        return samples().publish(event).get(0).stored();
      } catch (WebhookException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
        return false;
      }
    });

    assertThat(stored).filteredOn(won -> won).hasSize(1);
    assertThat(queue().depth().pending()).isEqualTo(1);
  }

  private NewEvent given(WebhookConfiguration... hooks) {
    return samples().event().givenId(UUID.randomUUID().toString()).to(hooks).build();
  }
}
