package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Page;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTest {
  private static final WebhookDraft DRAFT = WebhookDraft.to("https://hooks.acme.example/in")
      .events("order.*")
      .header("X-Api-Key", "k-123");

  private final TestWebhooks kit = TestWebhooks.inMemory(EventCatalog.acceptingAny());
  private final AccountWebhooks acme = kit.account("acme");

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void a_created_webhook_shows_its_configuration_but_neither_secret_nor_header_value() {
    CreatedWebhook created = acme.create(DRAFT.name("Orders"));

    Webhook webhook = created.webhook();
    assertThat(webhook.id()).matches("wh_[0-9a-f]{32}");
    assertThat(webhook.name()).isEqualTo("Orders");
    assertThat(webhook.url()).isEqualTo("https://hooks.acme.example/in");
    assertThat(webhook.events()).containsExactly("order.*");
    assertThat(webhook.headers()).containsExactly(Map.entry("X-Api-Key", "********"));
    assertThat(webhook.status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(webhook.statistics().total()).isZero();
    assertThat(webhook.statistics().successRate()).isNull();
    assertThat(acme.get(webhook.id()).webhook()).isEqualTo(webhook);
    assertThat(created.secret().orElseThrow().reveal()).startsWith("whsec_").hasSize(50);
    assertThat(created.toString() + DRAFT).doesNotContain("whsec_", "k-123");
  }

  @Test
  void a_secret_that_the_caller_gave_is_not_returned() {
    assertThat(acme.create(DRAFT.secret("a secret of my own")).secret()).isEmpty();
  }

  @Test
  void webhooks_are_listed_newest_first_by_page_status_and_event() {
    String first = acme.create(DRAFT).webhook().id();
    String second = acme.create(DRAFT.events("invoice.sent")).webhook().id();
    String third = acme.create(DRAFT.events("*")).webhook().id();
    acme.update(second, WebhookPatch.empty().status(WebhookStatus.PAUSED));

    Page<Webhook> page = acme.list(WebhookQuery.all().limit(2));
    assertThat(page.data()).extracting(Webhook::id).containsExactly(third, second);
    assertThat(page.total()).isEqualTo(3);
    assertThat(page.hasMore()).isTrue();
    assertThat(acme.list(WebhookQuery.all().limit(2).page(2)).data())
        .extracting(Webhook::id)
        .containsExactly(first);
    assertThat(acme.list(WebhookQuery.all().status(WebhookStatus.PAUSED)).data())
        .extracting(Webhook::id)
        .containsExactly(second);
    assertThat(acme.list(WebhookQuery.all().event("order.paid")).data())
        .extracting(Webhook::id)
        .containsExactly(third, first);
    assertThat(kit.account("other").list(WebhookQuery.all()).data()).isEmpty();
  }

  @Test
  void an_update_changes_what_it_names_and_keeps_the_rest() {
    Webhook before = acme.create(DRAFT.name("Orders").header("X-Team", "blue")).webhook();
    kit.advance(Duration.ofMinutes(1));

    Webhook after = acme.update(
        before.id(),
        WebhookPatch.empty()
            .url("https://HOOKS.acme.example:443")
            .headers(Map.of("x-api-key", "********", "X-New", "n")));

    assertThat(after.url()).isEqualTo("https://hooks.acme.example/");
    assertThat(after.name()).isEqualTo("Orders");
    assertThat(after.events()).containsExactly("order.*");
    assertThat(after.headers().keySet()).containsExactlyInAnyOrder("x-api-key", "X-New");
    assertThat(after.createdAt()).isEqualTo(before.createdAt());
    assertThat(after.updatedAt()).isEqualTo(before.updatedAt().plusSeconds(60));
    assertThat(acme.get(before.id()).webhook()).isEqualTo(after);
    assertThat(acme.update(before.id(), WebhookPatch.empty().name(null)).name()).isNull();
  }

  @Test
  void an_update_checks_headers_as_a_creation_does_and_changes_nothing_if_one_is_refused() {
    Webhook before = acme.create(DRAFT).webhook();
    Map<String, String> eleven = new HashMap<>();
    for (int i = 0; i < 11; i++) {
      eleven.put("X-H" + i, "x");
    }

    for (Map<String, String> headers : List.of(
        eleven,
        Map.of("Host", "elsewhere"),
        Map.of("X-Webhook-Signature", "t=1,v1=00"),
        Map.of("X-Split", "a\r\nHost: b"),
        Map.of("X-Long", "x".repeat(4_097)))) {
      WebhookPatch patch = WebhookPatch.empty().headers(headers);
      assertThat(catchThrowableOfType(WebhookException.class, () -> acme.update(before.id(), patch))
              .code())
          .isIn(ErrorCode.INVALID_HEADER, ErrorCode.TOO_MANY_HEADERS);
    }
    assertThat(acme.get(before.id()).webhook()).isEqualTo(before);
  }

  @Test
  void a_masked_value_keeps_the_stored_one_on_the_wire() {
    String id = acme.create(DRAFT).webhook().id();
    acme.update(id, WebhookPatch.empty().headers(Map.of("X-Api-Key", "********")));

    acme.publish(Event.of("order.paid", Map.of("orderId", 17)));
    kit.receiver("https://hooks.acme.example/in").answers(200);
    kit.runUntilIdle();

    assertThat(kit.receiver("https://hooks.acme.example/in").requests())
        .singleElement()
        .satisfies(request -> assertThat(request.header("x-api-key")).isEqualTo("k-123"));
  }

  @Test
  void a_deleted_webhook_is_gone() {
    String id = acme.create(DRAFT).webhook().id();

    acme.delete(id);

    assertThat(catchThrowableOfType(WebhookException.class, () -> acme.get(id)).code())
        .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    assertThat(acme.list(WebhookQuery.all()).total()).isZero();
    assertThat(acme.publish(Event.of("order.paid", Map.of())).deliveries()).isZero();
  }

  @Test
  void the_same_key_and_request_create_one_webhook_and_return_its_secret_again() {
    CreatedWebhook first = acme.withIdempotencyKey("k1").create(DRAFT);
    kit.resolves("hooks.acme.example");

    CreatedWebhook again = acme.withIdempotencyKey("k1").create(DRAFT);

    assertThat(again).isEqualTo(first);
    assertThat(again.secret()).isEqualTo(first.secret()).isPresent();
    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(1);
  }

  @Test
  void a_key_used_for_another_request_is_refused_and_other_accounts_have_keys_of_their_own() {
    acme.withIdempotencyKey("k1").create(DRAFT);

    WebhookException refusal = catchThrowableOfType(
        WebhookException.class,
        () -> acme.withIdempotencyKey("k1").create(DRAFT.events("order.paid")));

    assertThat(refusal.code()).isEqualTo(ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    kit.account("other").withIdempotencyKey("k1").create(DRAFT);
    assertThat(kit.account("other").list(WebhookQuery.all()).total()).isEqualTo(1);
  }

  @Test
  void a_refused_request_frees_its_key() {
    WebhookDraft bad = DRAFT.events("no such");
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(() -> acme.withIdempotencyKey("k1").create(bad));

    acme.withIdempotencyKey("k1").create(DRAFT);

    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(1);
  }

  @Test
  void a_key_is_forgotten_after_24_hours() {
    acme.withIdempotencyKey("k1").create(DRAFT);
    kit.advance(Duration.ofHours(24).minusSeconds(1));
    acme.withIdempotencyKey("k1").create(DRAFT);
    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(1);

    kit.advance(Duration.ofSeconds(1));
    acme.withIdempotencyKey("k1").create(DRAFT);

    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(2);
  }

  @Test
  void updates_and_deletes_are_replayed_too() {
    String id = acme.create(DRAFT).webhook().id();
    WebhookPatch pause = WebhookPatch.empty().status(WebhookStatus.PAUSED);
    Webhook paused = acme.withIdempotencyKey("pause").update(id, pause);
    acme.update(id, WebhookPatch.empty().status(WebhookStatus.ACTIVE));

    assertThat(acme.withIdempotencyKey("pause").update(id, pause)).isEqualTo(paused);
    assertThat(acme.get(id).webhook().status()).isEqualTo(WebhookStatus.ACTIVE);
    acme.withIdempotencyKey("delete").delete(id);
    acme.withIdempotencyKey("delete").delete(id);
    assertThat(acme.list(WebhookQuery.all()).data()).isEqualTo(List.of());
  }
}
