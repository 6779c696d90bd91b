package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.Authenticator;
import dev.webhooks.management.ManagementApi;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.ImportResult.Outcome;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks of another sender come over with their ids and secrets, as often as it takes. */
class WebhookImportsTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String SECRET = "the secret that Acme knows";
  private static final WebhookDraft DRAFT = WebhookDraft.to(URL)
      .events("order.*")
      .name("Orders")
      .header("X-Api-Key", "k-123")
      .secret(SECRET);

  private final List<String> told = new ArrayList<>();
  private final InMemoryWebhookStore store = new InMemoryWebhookStore();

  @AutoClose
  private final TestWebhooks kit = TestWebhooks.on(
      store,
      EventCatalog.acceptingAny(),
      builder -> builder.maxWebhooksPerAccount(2).listener(new DeliveryListener() {
        @Override
        public void deliverySucceeded(Finished delivery) {
          told.add("succeeded " + delivery.webhookId());
        }

        @Override
        public void webhookFailed(Trouble trouble) {
          told.add("webhook failed " + trouble.webhookId());
        }
      }));

  private final AccountWebhooks acme = kit.account("acme");

  @Test
  void webhook_keeps_its_id_secret_and_age_and_receives() {
    kit.receiver(URL).knows(SECRET).answers(200, 410);
    Instant created = Instant.parse("2019-05-04T03:02:01Z");

    ImportResult result = importOne(WebhookImport.of("17", DRAFT).createdAt(created));
    Webhook listed = acme.list(WebhookQuery.all()).data().get(0);
    publish();
    publish();

    assertThat(result.outcome()).isEqualTo(Outcome.IMPORTED);
    assertThat(result.webhook()).isEqualTo(listed);
    assertThat(listed.id()).isEqualTo("17");
    assertThat(listed.createdAt()).isEqualTo(created);
    assertThat(listed.status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(kit.receiver(URL).requests()).hasSize(2).allSatisfy(request -> {
      assertThat(request.signatureIsValid()).isTrue();
      assertThat(request.header("X-Api-Key")).isEqualTo("k-123");
    });
    assertThat(told).containsExactly("succeeded 17", "webhook failed 17");
    assertThat(kit.deliveries("acme")).extracting(Delivery::webhookId).containsOnly("17");
  }

  @Test
  void every_operation_knows_the_webhook_by_its_id() {
    kit.receiver(URL);
    importOne(WebhookImport.of("Hook_17-b", DRAFT));

    assertThat(acme.get("Hook_17-b").webhook().name()).isEqualTo("Orders");
    assertThat(acme.test("Hook_17-b").delivered()).isTrue();
    AccountWebhooks once = acme.withIdempotencyKey("rotate-1");
    assertThat(once.rotateSecret("Hook_17-b", SecretRotation.generated()).secret())
        .as("a repetition answers the same secret")
        .isEqualTo(once.rotateSecret("Hook_17-b", SecretRotation.generated()).secret())
        .isPresent();
    assertThat(acme.update("Hook_17-b", WebhookPatch.empty().name("Renamed")).id())
        .isEqualTo("Hook_17-b");
    assertThat(status("GET", "/webhooks/Hook_17-b")).isEqualTo(200);
    assertThat(status("GET", "/webhooks/hook_17-b")).as("ids differ by case").isEqualTo(404);
    acme.delete("Hook_17-b");
    assertThat(status("GET", "/webhooks/Hook_17-b")).isEqualTo(404);
  }

  @Test
  void id_of_the_librarys_own_form_is_kept_as_it_is() {
    String id = "wh_0198f3c2a1b07c3d8e4f5a6b7c8d9e0f";

    importOne(WebhookImport.of(id, DRAFT));

    assertThat(acme.get(id).webhook().id()).isEqualTo(id);
  }

  @Test
  void import_that_is_repeated_changes_nothing_whatever_the_status_is_by_now() {
    WebhookImport webhook = WebhookImport.of("17", DRAFT).paused();
    importOne(webhook);
    acme.update("17", WebhookPatch.empty().status(WebhookStatus.ACTIVE));

    ImportResult again = importOne(webhook);

    assertThat(again.outcome()).isEqualTo(Outcome.UNCHANGED);
    assertThat(again.webhook()).isEqualTo(acme.get("17").webhook());
    assertThat(again.webhook().status()).isEqualTo(WebhookStatus.ACTIVE);
    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(1);
  }

  @Test
  void webhook_that_differs_from_the_one_that_is_here_is_refused_and_changes_nothing() {
    importOne(WebhookImport.of("17", DRAFT));
    Webhook before = acme.get("17").webhook();

    List<WebhookDraft> others = List.of(
        DRAFT.url("https://elsewhere.example/"),
        DRAFT.events("user.*"),
        DRAFT.name("Others"),
        DRAFT.header("X-Api-Key", "another"),
        DRAFT.secret("another secret of Acme"));
    for (WebhookDraft other : others) {
      assertRefused(importOne(WebhookImport.of("17", other)), ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    }

    assertThat(acme.get("17").webhook()).isEqualTo(before);
    assertThat(importOne(WebhookImport.of("17", DRAFT)).outcome()).isEqualTo(Outcome.UNCHANGED);
  }

  @Test
  void id_is_unique_over_all_accounts_and_told_apart_from_a_deleted_one() {
    importOne(WebhookImport.of("17", DRAFT));

    List<ImportResult> globex =
        kit.account("globex").importWebhooks(List.of(WebhookImport.of("17", DRAFT)));
    acme.delete("17");
    ImportResult soon = importOne(WebhookImport.of("17", DRAFT));
    kit.advance(Duration.ofDays(3));
    ImportResult later = importOne(WebhookImport.of("17", DRAFT));

    assertThat(globex)
        .singleElement()
        .satisfies(result -> assertRefused(result, ErrorCode.DUPLICATE_IDEMPOTENCY_KEY));
    assertRefused(soon, ErrorCode.DUPLICATE_IDEMPOTENCY_KEY);
    assertThat(later.outcome()).isEqualTo(Outcome.IMPORTED);
  }

  @Test
  void one_bad_webhook_fails_alone_with_its_code() {
    List<ImportResult> results = acme.importWebhooks(List.of(
        WebhookImport.of("1", DRAFT),
        WebhookImport.of("2", DRAFT.url("http://hooks.acme.example/in")),
        WebhookImport.of("3", DRAFT.events("Not An Event")),
        WebhookImport.of("4", DRAFT.secret("too short")),
        WebhookImport.of("5", DRAFT.header("Host", "elsewhere.example")),
        WebhookImport.of("6", WebhookDraft.to(URL).events("*")),
        WebhookImport.of("7", DRAFT).createdAt(kit.clock().instant().plusSeconds(1)),
        WebhookImport.of("1", DRAFT.name("Twice")),
        WebhookImport.of("8", DRAFT)));

    assertThat(results)
        .extracting(result -> result.isRefused() ? result.refusal().code() : result.outcome())
        .containsExactly(
            Outcome.IMPORTED,
            ErrorCode.INVALID_URL,
            ErrorCode.INVALID_EVENTS,
            ErrorCode.SECRET_TOO_SHORT,
            ErrorCode.INVALID_HEADER,
            ErrorCode.INVALID_REQUEST,
            ErrorCode.INVALID_REQUEST,
            ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
            Outcome.IMPORTED);
    assertThat(results.get(3).refusal())
        .hasMessageContaining("at least 16 characters")
        .hasMessageContaining("in the old sender first");
    assertThat(acme.list(WebhookQuery.all()).data())
        .extracting(Webhook::id)
        .containsExactly("8", "1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a.b", "a/b", "a b", "ü", "..", "a%2Fb", "a\n"})
  void id_that_is_none_is_refused(String id) {
    assertRefused(importOne(WebhookImport.of(id, DRAFT)), ErrorCode.INVALID_REQUEST);
    assertRefused(importOne(WebhookImport.of("x".repeat(65), DRAFT)), ErrorCode.INVALID_REQUEST);
  }

  @Test
  void account_may_get_more_webhooks_than_it_may_create() {
    List<WebhookImport> many = IntStream.range(0, 3)
        .mapToObj(i -> WebhookImport.of("hook-" + i, DRAFT))
        .toList();

    assertThat(acme.importWebhooks(many)).noneMatch(ImportResult::isRefused);
    assertThat(codeOf(() -> acme.create(DRAFT))).isEqualTo(ErrorCode.WEBHOOK_LIMIT_EXCEEDED);
  }

  @Test
  void import_in_the_hosts_transaction_takes_effect_with_it() {
    try (InMemoryTransaction lost = store.begin()) {
      assertThat(acme.in(lost).importWebhooks(List.of(WebhookImport.of("17", DRAFT))))
          .noneMatch(ImportResult::isRefused);
      lost.rollback();
    }
    assertThat(acme.list(WebhookQuery.all()).total()).isZero();

    try (InMemoryTransaction kept = store.begin()) {
      List<ImportResult> results = acme.in(kept)
          .importWebhooks(List.of(
              WebhookImport.of("17", DRAFT),
              WebhookImport.of("18", DRAFT.secret("short")),
              WebhookImport.of("19", DRAFT)));
      assertThat(results).extracting(ImportResult::isRefused).containsExactly(false, true, false);
      kept.commit();
    }
    assertThat(acme.list(WebhookQuery.all()).data())
        .extracting(Webhook::id)
        .containsExactly("19", "17");
  }

  @Test
  void paused_webhook_collects_and_is_sent_to_once_it_is_active() {
    kit.receiver(URL);
    importOne(WebhookImport.of("17", DRAFT).paused());
    publish();
    assertThat(kit.receiver(URL).requests()).isEmpty();

    acme.update("17", WebhookPatch.empty().status(WebhookStatus.ACTIVE));
    kit.runUntilIdle();

    assertThat(kit.receiver(URL).requests()).hasSize(1);
  }

  private void publish() {
    acme.publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();
  }

  private ImportResult importOne(WebhookImport webhook) {
    List<ImportResult> results = acme.importWebhooks(List.of(webhook));
    assertThat(results).hasSize(1);
    assertThat(results.get(0).id()).isEqualTo(webhook.id());
    return results.get(0);
  }

  private int status(String method, String path) {
    ManagementApi api =
        ManagementApi.on(kit.webhooks(), Authenticator.ofTokens(Map.of("token-of-acme", "acme")));
    Map<String, List<String>> headers = Map.of("Authorization", List.of("Bearer token-of-acme"));
    return api.handle(new ApiRequest(method, path, null, headers, new byte[0])).status();
  }

  private static void assertRefused(ImportResult result, ErrorCode code) {
    assertThat(result.isRefused()).isTrue();
    assertThat(result.webhook()).isNull();
    assertThat(result.refusal()).isNotNull();
    assertThat(result.refusal().code()).isEqualTo(code);
    assertThat(result.refusal().getMessage()).doesNotContain(SECRET);
  }

  private static ErrorCode codeOf(Runnable action) {
    try {
      action.run();
    } catch (WebhookException e) {
      return e.code();
    }
    return null;
  }
}
