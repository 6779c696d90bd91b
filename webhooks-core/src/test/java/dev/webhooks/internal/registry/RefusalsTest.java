package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every rule a webhook must keep: the code and the message of its refusal, and that nothing was
 * stored or changed.
 */
class RefusalsTest {
  private static final String ENCODED_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final String URL = "https://hooks.acme.example/in";

  private final TestWebhooks kit = TestWebhooks.on(
      new InMemoryWebhookStore(),
      EventCatalog.builtIn(),
      builder -> builder.maxWebhooksPerAccount(3));
  private final AccountWebhooks acme = kit.account("acme");

  @BeforeEach
  void names() {
    kit.resolves("private.example", "10.0.0.7");
    kit.resolves("mixed.example", "93.184.215.14", "127.0.0.1");
    kit.resolves("nowhere.example");
  }

  @AfterEach
  void close() {
    kit.close();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        // URL
        refusal(to("http://hooks.acme.example/in"), ErrorCode.INVALID_URL, "https"),
        refusal(
            to("https://hooks.acme.example/" + "x".repeat(2_048)), ErrorCode.INVALID_URL, "2048"),
        refusal(to("not a url"), ErrorCode.INVALID_URL, "https://"),
        refusal(to(""), ErrorCode.INVALID_URL, ""),
        refusal(to("https://user:pw@hooks.acme.example/"), ErrorCode.INVALID_URL, "user"),
        refusal(to("https://hooks.acme.example/#top"), ErrorCode.INVALID_URL, "fragment"),
        refusal(to("https://hooks.acme.example:0/"), ErrorCode.INVALID_URL, "port"),
        refusal(to("https://hooks.acme.example:65536/"), ErrorCode.INVALID_URL, "port"),
        refusal(to("https://127.0.0.1/"), ErrorCode.INVALID_URL, "public"),
        refusal(to("https://[::1]/"), ErrorCode.INVALID_URL, "public"),
        refusal(to("https://10.1.2.3/"), ErrorCode.INVALID_URL, "public"),
        refusal(to("https://localhost/"), ErrorCode.INVALID_URL, "public"),
        refusal(to("https://private.example/"), ErrorCode.INVALID_URL, "public"),
        refusal(to("https://mixed.example/"), ErrorCode.INVALID_URL, "public"),
        refusal(to("https://nowhere.example/"), ErrorCode.INVALID_URL, "resolved"),
        // Events
        refusal(WebhookDraft.to(URL), ErrorCode.INVALID_EVENTS, "at least one"),
        refusal(
            valid().events("dataset.created", "dataset.eaten"),
            ErrorCode.INVALID_EVENTS,
            "dataset.eaten"),
        refusal(valid().events("nothing.*"), ErrorCode.INVALID_EVENTS, "nothing.*"),
        // Headers
        refusal(valid().headers(elevenHeaders()), ErrorCode.TOO_MANY_HEADERS, "10"),
        refusal(valid().header("bad name", "x"), ErrorCode.INVALID_HEADER, "token"),
        refusal(valid().header("X-Split", "a\r\nHost: b"), ErrorCode.INVALID_HEADER, "X-Split"),
        refusal(valid().header("X-Long", "x".repeat(4_097)), ErrorCode.INVALID_HEADER, "4096"),
        refusal(valid().header("Host", "b"), ErrorCode.INVALID_HEADER, "Host"),
        refusal(
            valid().header("Transfer-Encoding", "chunked"),
            ErrorCode.INVALID_HEADER,
            "Transfer-Encoding"),
        refusal(
            valid().header("X-Webhook-Signature", "t=1"),
            ErrorCode.INVALID_HEADER,
            "X-Webhook-Signature"),
        refusal(valid().header("webhook-id", "1"), ErrorCode.INVALID_HEADER, "webhook-id"),
        refusal(
            valid().header("Metadata-Flavor", "Google"),
            ErrorCode.INVALID_HEADER,
            "Metadata-Flavor"),
        // Secret
        refusal(valid().secret("fifteen-letters"), ErrorCode.SECRET_TOO_SHORT, "16"),
        refusal(valid().secret("whsec_c2l4dGVlbiBieXRlcyEh"), ErrorCode.SECRET_TOO_SHORT, "24"),
        refusal(
            valid().secret("whsec_not*base64*at*all*******"), ErrorCode.INVALID_REQUEST, "base64"),
        refusal(valid().secret("x".repeat(257)), ErrorCode.INVALID_REQUEST, "256"),
        refusal(valid().secret(" " + ENCODED_SECRET), ErrorCode.INVALID_REQUEST, "before it"),
        refusal(valid().secret("v1," + ENCODED_SECRET), ErrorCode.INVALID_REQUEST, "before it"),
        refusal(
            valid().secret(ENCODED_SECRET.replace("whsec_", "whpk_")),
            ErrorCode.INVALID_REQUEST,
            "symmetric"),
        // Name
        refusal(valid().name("x".repeat(257)), ErrorCode.INVALID_REQUEST, "name"),
        // Half a surrogate pair
        refusal(valid().name("caf\udc00"), ErrorCode.INVALID_REQUEST, "name"),
        refusal(valid().secret("0123456789abcdef\ud800"), ErrorCode.INVALID_REQUEST, "secret"),
        refusal(valid().header("X-A", "a\ud800"), ErrorCode.INVALID_HEADER, "X-A"),
        refusal(valid().header("X-\ud800", "a"), ErrorCode.INVALID_HEADER, "X-?"),
        refusal(valid().events("dataset.\ud800"), ErrorCode.INVALID_EVENTS, "dataset.?"),
        refusal(to("https://acme.example/\ud800"), ErrorCode.INVALID_URL, "ASCII"),
        refusal(to("https://\ud800.example/"), ErrorCode.INVALID_URL, "host"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_refused_create_says_why_and_stores_nothing(
      WebhookDraft draft, ErrorCode code, String message) {
    WebhookException refusal =
        catchThrowableOfType(WebhookException.class, () -> acme.create(draft));

    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal).hasMessageContaining(message).hasMessageNotContaining("10.0.0.7");
    assertThat(acme.list(WebhookQuery.all()).total()).isZero();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_refused_import_or_rotation_says_why_as_well(
      WebhookDraft draft, ErrorCode code, String message) {
    WebhookDraft whole = draft.secret() == null ? draft.secret(ENCODED_SECRET) : draft;

    ImportResult result =
        acme.importWebhooks(List.of(WebhookImport.of("old-1", whole))).get(0);

    assertThat(result.outcome()).isEqualTo(ImportResult.Outcome.REFUSED);
    assertThat(result.refusal()).hasMessageContaining(message);
    if (draft.secret() != null) {
      String id = acme.create(valid()).webhook().id();
      SecretRotation rotation = SecretRotation.to(draft.secret().reveal());
      WebhookException refusal =
          catchThrowableOfType(WebhookException.class, () -> acme.rotateSecret(id, rotation));
      assertThat(refusal.code()).isEqualTo(code);
      assertThat(refusal).hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void a_refused_update_says_why_and_changes_nothing(
      WebhookDraft draft, ErrorCode code, String message) {
    Webhook before = acme.create(valid().header("X-Team", "blue")).webhook();

    WebhookException refusal =
        catchThrowableOfType(WebhookException.class, () -> acme.update(before.id(), patch(draft)));

    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal).hasMessageContaining(message);
    assertThat(acme.get(before.id()).webhook()).isEqualTo(before);
  }

  @Test
  void a_status_can_only_be_set_to_active_or_paused() {
    String id = acme.create(valid()).webhook().id();

    WebhookException refusal = catchThrowableOfType(
        WebhookException.class,
        () -> acme.update(id, WebhookPatch.empty().status(WebhookStatus.FAILED)));

    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal).hasMessageContaining("status");
  }

  @Test
  void a_mask_without_a_stored_header_is_refused() {
    String id = acme.create(valid().header("X-Api-Key", "k-123")).webhook().id();

    WebhookException refusal = catchThrowableOfType(
        WebhookException.class,
        () -> acme.update(id, WebhookPatch.empty().headers(Map.of("X-Other", "********"))));

    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_HEADER);
    assertThat(refusal).hasMessageContaining("X-Other");
  }

  @Test
  void one_webhook_more_than_the_limit_is_refused() {
    for (int i = 0; i < 3; i++) {
      acme.create(valid());
    }

    WebhookException refusal =
        catchThrowableOfType(WebhookException.class, () -> acme.create(valid()));

    assertThat(refusal.code()).isEqualTo(ErrorCode.WEBHOOK_LIMIT_EXCEEDED);
    assertThat(refusal).hasMessageContaining("3");
    assertThat(acme.list(WebhookQuery.all()).total()).isEqualTo(3);
  }

  @Test
  void an_unknown_foreign_or_malformed_id_is_not_found() {
    String foreign = kit.account("other").create(valid()).webhook().id();

    for (String id :
        new String[] {foreign, "wh_00000000000000000000000000000000", "nonsense", ""}) {
      assertThat(codeOf(() -> acme.get(id))).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
      assertThat(codeOf(() -> acme.update(id, WebhookPatch.empty())))
          .isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
      assertThat(codeOf(() -> acme.delete(id))).isEqualTo(ErrorCode.WEBHOOK_NOT_FOUND);
    }
    assertThat(kit.account("other").get(foreign).webhook().id()).isEqualTo(foreign);
  }

  @ParameterizedTest
  @MethodSource("badPages")
  void a_page_out_of_range_is_refused(int page, int limit, String field) {
    WebhookException refusal = catchThrowableOfType(
        WebhookException.class, () -> acme.list(WebhookQuery.all().page(page).limit(limit)));

    assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(refusal).hasMessageContaining(field);
  }

  static Stream<Arguments> badPages() {
    return Stream.of(
        Arguments.of(0, 20, "page"),
        Arguments.of(1, 0, "limit"),
        Arguments.of(1, 101, "limit"),
        Arguments.of(101, 100, "10000"));
  }

  private static ErrorCode codeOf(Runnable call) {
    return catchThrowableOfType(WebhookException.class, call::run).code();
  }

  private static WebhookDraft valid() {
    return to(URL);
  }

  private static WebhookDraft to(String url) {
    return WebhookDraft.to(url).events("dataset.created");
  }

  private static WebhookPatch patch(WebhookDraft draft) {
    WebhookPatch patch =
        WebhookPatch.empty().url(draft.url()).events(draft.events()).headers(draft.headers());
    if (draft.name() != null) {
      patch = patch.name(draft.name());
    }
    return draft.secret() == null ? patch : patch.secret(draft.secret().reveal());
  }

  private static Map<String, String> elevenHeaders() {
    Map<String, String> headers = new HashMap<>();
    for (int i = 0; i < 11; i++) {
      headers.put("X-Header-" + i, "v");
    }
    return headers;
  }

  private static Arguments refusal(WebhookDraft draft, ErrorCode code, String message) {
    return Arguments.of(draft, code, message);
  }
}
