package dev.webhooks.testing.canary;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.ManagementApi;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.spi.store.HostTransaction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A round through every operation, in Java and over the management API: alone, in a host's
 * transaction, repeated with an idempotency key, refused for every reason there is, and with the
 * store away.
 */
public final class CanaryRound {
  private static final String REENCRYPT = "reencrypt";

  private final EnumSet<ErrorCode> refusals = EnumSet.noneOf(ErrorCode.class);
  private final Set<String> succeeded = new TreeSet<>();
  private final World world;
  private final Canaries canaries;
  private final Sightings sightings;
  private final ManagementApi api;
  private final AccountWebhooks acme;
  private final String token;
  private final String unknownToken;
  private final String badToken;
  private final String headerValue;
  private final String plainHeaderValue;
  private final String firstSecret;
  private final String secondSecret;
  private final String thirdSecret;
  private final String live;
  private final String dead;
  private int keys;
  private int imported;

  /** Where the round takes place. */
  public interface World {
    /** Returns the started instance. */
    Webhooks webhooks();

    /** Returns its parts that note and fail; it was built with their cipher and listener. */
    LoudParts parts();

    /** Returns a URL at which every request succeeds. */
    String liveUrl();

    /** Returns a URL at which every request fails at once and for good. */
    String deadUrl();

    /** Returns when nothing is pending any more. */
    void settle();

    /** Runs something in a host's transaction and rolls it back. */
    void inTransaction(Consumer<HostTransaction> work);
  }

  /**
   * One operation: a line in {@link #operations()}.
   *
   * @param method its method in {@link AccountWebhooks}, or null
   * @param call a call of it
   * @param route its method and path template, or null
   * @param body a body for it
   */
  public record Operation(
      @Nullable String method,
      @Nullable Function<AccountWebhooks, Object> call,
      @Nullable String route,
      String body) {
    /** Returns the name under which its sightings are noted. */
    String name() {
      return method == null ? route : method;
    }
  }

  /** Prepares a round with canaries in the place of all secrets. */
  public CanaryRound(World world, Canaries canaries, Sightings sightings) {
    this.world = world;
    this.canaries = canaries;
    this.sightings = sightings;
    token = canaries.make("bearer token");
    unknownToken = canaries.make("unknown bearer token");
    badToken = LoudParts.BAD_TOKEN + canaries.make("bearer token that the host chokes on");
    headerValue = canaries.make("value of a sensitive header");
    plainHeaderValue = canaries.make("value of a header with an unknown name");
    firstSecret = canaries.make("secret before the rotation");
    secondSecret = canaries.make("secret after the rotation");
    thirdSecret = canaries.make("secret of an update");
    acme = world.webhooks().account("acme");
    api = ManagementApi.on(world.webhooks(), world.parts().authenticator(Map.of(token, "acme")));
    live = acme.create(draft()).webhook().id();
    dead = acme.create(draft().url(world.deadUrl())).webhook().id();
  }

  /** Returns all operations. */
  public List<Operation> operations() {
    return List.of(
        op("create", acme -> acme.create(draft()), "POST /webhooks", body()),
        op("create", acme -> acme.create(generated()), "POST /webhooks", generatedBody()),
        op("get", acme -> acme.get(live), "GET /webhooks/{id}", ""),
        op("list", acme -> acme.list(WebhookQuery.all()), "GET /webhooks", ""),
        op("update", acme -> acme.update(live, patch()), "PATCH /webhooks/{id}", patchBody()),
        op(
            "rotateSecret",
            acme -> acme.rotateSecret(live, SecretRotation.to(secondSecret)),
            "POST /webhooks/{id}/secret/rotate",
            "{\"secret\":\"" + secondSecret + "\"}"),
        op(
            "rotateSecret",
            acme -> acme.rotateSecret(live, SecretRotation.generated()),
            "POST /webhooks/{id}/secret/rotate",
            ""),
        op("publish", acme -> acme.publish(event()), null, ""),
        op("publish", acme -> acme.publish(List.of(event(), event())), null, ""),
        op(
            "deliveries",
            acme -> acme.deliveries(live, DeliveryQuery.latest()),
            "GET /webhooks/{id}/deliveries",
            ""),
        op(
            "delivery",
            acme -> acme.delivery(dead, failed()),
            "GET /webhooks/{id}/deliveries/{deliveryId}",
            ""),
        op(
            "retry",
            acme -> acme.retry(dead, failed()),
            "POST /webhooks/{id}/deliveries/{deliveryId}/retry",
            ""),
        op(
            "recover",
            acme -> acme.recover(dead, recently()),
            "POST /webhooks/{id}/recover",
            "{\"since\":\"" + recently() + "\"}"),
        op("test", acme -> acme.test(live), "POST /webhooks/{id}/test", ""),
        op("test", acme -> acme.test(dead, Map.of("n", 1)), null, ""),
        op(
            "testJson",
            acme -> acme.testJson(live, "{\"n\":1}"),
            "POST /webhooks/{id}/test",
            "{\"payload\":{\"n\":1}}"),
        op("delete", this::deleteOne, "DELETE /webhooks/{id}", ""),
        op("erase", this::eraseOne, null, ""),
        op("importWebhooks", this::importOne, null, ""),
        op("id", AccountWebhooks::id, null, ""),
        op(null, null, "GET /event-types", ""),
        op(null, null, "GET /openapi.json", ""));
  }

  /** Does all of it. */
  public void run() {
    deliverWithBothSecrets();
    for (Operation operation : operations()) {
      alone(operation);
      repeated(operation);
      overHttp(operation);
      failing(operation);
      cleanUp();
    }
    refusals();
    reencrypt();
    deliverWithBothSecrets();
    sightings.value("health", world.webhooks().health());
  }

  private List<ImportResult> importOne(AccountWebhooks acme) {
    imported++;
    return acme.importWebhooks(List.of(WebhookImport.of("old-" + imported, draft())));
  }

  private void reencrypt() {
    java(REENCRYPT, acme -> world.webhooks().reencrypt());
    world.parts().failCipher(true);
    java("reencrypt without the key", acme -> world.webhooks().reencrypt());
    world.parts().failCipher(false);
    world.parts().failStoreWith(new StoreUnavailableException(LoudParts.STORE_WORDS, false, null));
    java("reencrypt without the store", acme -> world.webhooks().reencrypt());
    world.parts().failStoreWith(null);
  }

  /** Returns what the round should have seen and did not, so that it proves less than it says. */
  public List<String> missing() {
    List<String> missing = new ArrayList<>();
    Stream.concat(
            Stream.of(REENCRYPT),
            operations().stream()
                .flatMap(operation -> Stream.of(operation.method(), operation.route())))
        .filter(name -> name != null && !succeeded.contains(name))
        .forEach(name -> missing.add(name + " never succeeded"));
    EnumSet.complementOf(refusals).forEach(code -> missing.add(code + " was never forced"));
    List<String> words = sightings.of(LoudParts.STORE_WORDS);
    if (words.isEmpty()) {
      missing.add("the store never failed");
    }
    words.stream()
        .filter(place -> !place.endsWith("threw"))
        .forEach(place -> missing.add(place + " with what the store said, for the host alone"));
    return missing;
  }

  private void deliverWithBothSecrets() {
    java("rotateSecret", acme -> acme.rotateSecret(live, SecretRotation.to(secondSecret)));
    acme.publish(event());
    world.settle();
  }

  private static Operation op(
      @Nullable String method,
      @Nullable Function<AccountWebhooks, Object> call,
      @Nullable String route,
      String body) {
    return new Operation(method, call, route, body);
  }

  private void alone(Operation operation) {
    if (operation.call() != null) {
      java(operation.name(), acme, operation.call());
      world.inTransaction(
          transaction -> java(operation.name(), acme.in(transaction), operation.call()));
    }
  }

  private void repeated(Operation operation) {
    if (operation.call() != null) {
      AccountWebhooks keyed = acme.withIdempotencyKey("java-" + keys++);
      java(operation.name(), keyed, operation.call());
      java(operation.name(), keyed, operation.call());
      java(operation.name(), keyed, view -> view.create(draft().name("another request")));
    }
  }

  private void overHttp(Operation operation) {
    if (operation.route() == null) {
      return;
    }
    String path = path(operation.route());
    String body = operation.body();
    http(operation, path, body, token, null);
    String key = "http-" + keys++;
    http(operation, path, body, token, key);
    http(operation, path, body, token, key);
    http(operation, path, body + "x", token, null);
    http(operation, path, "{\"secret\":[\"" + thirdSecret + "\"]}", token, null);
    http(operation, path, "{\"secret\":" + thirdSecret + "}", token, null);
    http(operation, path + "?secret=" + thirdSecret, body, token, null);
    http(operation, path.replaceFirst("wh_[0-9a-f]+", thirdSecret), body, token, null);
    http(operation, path, body, unknownToken, null);
    http(operation, path, body, badToken, null);
    http(operation, path, body, "", null);
    http(operation, path, body, token, thirdSecret + "\u00e9");
  }

  private void failing(Operation operation) {
    String words = LoudParts.STORE_WORDS;
    RuntimeException away = new StoreUnavailableException(words, false, new IOException(words));
    RuntimeException unknown = new StoreUnavailableException(words, true, new IOException(words));
    for (RuntimeException fault :
        List.of(away, unknown, new IllegalStateException(words, new IOException(words)))) {
      String path = operation.route() == null ? "" : path(operation.route());
      world.parts().failStoreWith(fault);
      if (operation.call() != null) {
        java(operation.name(), acme, operation.call());
      }
      if (operation.route() != null) {
        http(operation, path, operation.body(), token, null);
      }
      world.settle();
      world.parts().failStoreWith(null);
    }
    String path = operation.route() == null ? "" : path(operation.route());
    world.parts().failCipher(true);
    alone(operation);
    if (operation.route() != null) {
      http(operation, path, operation.body(), token, null);
    }
    java("publish", acme -> acme.publish(event()));
    world.settle();
    world.parts().failCipher(false);
  }

  private void refusals() {
    refusedDrafts().forEach(draft -> {
      java("create", acme -> acme.create(draft));
      java("update", acme -> acme.update(live, patch(draft)));
      httpCreate(draft);
    });
    java("get", acme -> acme.get(thirdSecret));
    java("delivery", acme -> acme.delivery(live, thirdSecret));
    java("list", acme -> acme.list(WebhookQuery.all().page(0)));
    String failed = failed();
    java("retry", acme -> acme.retry(dead, failed));
    java("retry", acme -> acme.retry(dead, failed));
    world.settle();
    java("retry", acme -> acme.retry(live, delivered()));
    java("recover", acme -> acme.recover(dead, recently().minus(Duration.ofDays(30))));
    java("publish", acme -> acme.publish(Event.of("order.paid", Map.of("x", "x".repeat(300_000)))));
    java("rotateSecret", acme -> acme.rotateSecret(live, SecretRotation.to(tooShort())));
    AccountWebhooks full = world.webhooks().account("other");
    for (int webhook = 0; webhook <= 50; webhook++) {
      java("create", full, account -> account.create(draft()));
    }
  }

  /** Returns what an account cannot register, with secrets in all of it. */
  private List<WebhookDraft> refusedDrafts() {
    Map<String, String> eleven = new HashMap<>();
    for (int header = 0; header < 11; header++) {
      eleven.put("X-Header-" + header, headerValue);
    }
    return List.of(
        draft().url("http://hooks.acme.example/in"),
        draft().url("https://user:" + thirdSecret + "@hooks.acme.example/in"),
        draft().url("https://10.0.0.7/" + thirdSecret + "?key=" + thirdSecret),
        draft().events("no.such.thing!"),
        draft().secret(tooShort()),
        draft().secret("whsec_" + thirdSecret + "*"),
        draft().secret(thirdSecret.repeat(9)),
        draft().headers(eleven),
        draft().header("Host", headerValue),
        draft().header("X-Split", headerValue + "\r\n" + headerValue),
        draft().header("Bad Name", headerValue),
        draft().header("X-Long", headerValue.repeat(200)),
        draft().name("x".repeat(300)));
  }

  private String tooShort() {
    return thirdSecret.substring(0, 15);
  }

  private WebhookDraft draft() {
    return generated().secret(firstSecret);
  }

  private WebhookDraft generated() {
    return WebhookDraft.to(world.liveUrl())
        .events("*")
        .header("Authorization", headerValue)
        .header("X-Team", plainHeaderValue);
  }

  private WebhookPatch patch() {
    return patch(draft());
  }

  private static WebhookPatch patch(WebhookDraft draft) {
    Secret secret = draft.secret();
    WebhookPatch patch = WebhookPatch.empty().events(draft.events()).headers(draft.headers());
    return secret == null ? patch : patch.secret(secret.reveal()).url(draft.url());
  }

  private String body() {
    return json(draft());
  }

  private String generatedBody() {
    return json(generated());
  }

  private String patchBody() {
    return "{\"secret\":\"" + thirdSecret + "\",\"headers\":{\"Cookie\":\"" + headerValue + "\"}}";
  }

  private static String json(WebhookDraft draft) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("url", draft.url());
    body.put("events", draft.events());
    body.put("headers", draft.headers());
    Secret secret = draft.secret();
    if (secret != null) {
      body.put("secret", secret.reveal());
    }
    try {
      return new ObjectMapper().writeValueAsString(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Event event() {
    return Event.of("order.paid", Map.of("orderId", 17));
  }

  private Instant recently() {
    return acme.get(dead).webhook().createdAt();
  }

  /** Returns a failed delivery that nobody has retried yet. */
  private String failed() {
    java("publish", acme -> acme.publish(event()));
    world.settle();
    return acme.deliveries(dead, DeliveryQuery.latest().status(DeliveryStatus.FAILED))
        .data()
        .get(0)
        .id();
  }

  private String delivered() {
    return acme.deliveries(live, DeliveryQuery.latest().status(DeliveryStatus.SUCCESS))
        .data()
        .get(0)
        .id();
  }

  private String deleteOne(AccountWebhooks account) {
    String id = account.create(draft()).webhook().id();
    account.delete(id);
    return id;
  }

  /** Erases an account of its own, since the round still needs the other. */
  private String eraseOne(AccountWebhooks account) {
    AccountWebhooks erased = world.webhooks().account("erased-" + account.id());
    String id = erased.create(draft()).webhook().id();
    erased.erase();
    return id;
  }

  private String path(String route) {
    String path = route.substring(route.indexOf('/'));
    boolean ofDead = path.contains("{deliveryId}") || path.endsWith("/recover");
    String webhook = ofDead ? dead : live;
    if (route.startsWith("DELETE")) {
      webhook = acme.create(draft()).webhook().id();
    }
    String withWebhook = path.replace("{id}", webhook);
    return withWebhook.contains("{deliveryId}")
        ? withWebhook.replace("{deliveryId}", failed())
        : withWebhook;
  }

  private void java(String name, Function<AccountWebhooks, Object> call) {
    java(name, acme, call);
  }

  private void java(String name, AccountWebhooks view, Function<AccountWebhooks, Object> call) {
    try {
      Object result = call.apply(view);
      generatedIn(result);
      sightings.value(name, result);
      succeeded.add(name);
    } catch (RuntimeException e) {
      if (e instanceof WebhookException refusal) {
        refusals.add(refusal.code());
      }
      sightings.thrown(name, e);
    }
  }

  private void generatedIn(Object result) {
    if (result instanceof CreatedWebhook created) {
      created.secret().ifPresent(secret -> canaries.note("generated secret", secret.reveal()));
    }
    if (result instanceof RotatedSecret rotated) {
      rotated.secret().ifPresent(secret -> canaries.note("generated secret", secret.reveal()));
    }
  }

  private void httpCreate(WebhookDraft draft) {
    http("create", "POST", "/webhooks", json(draft), token, null);
  }

  private void http(Operation operation, String path, String body, String bearer, String key) {
    String method = operation.route().substring(0, operation.route().indexOf(' '));
    http(operation.route(), method, path, body, bearer, key);
  }

  private void http(
      String name, String method, String target, String body, String bearer, String key) {
    Map<String, List<String>> headers = new HashMap<>();
    if (!bearer.isEmpty()) {
      headers.put("Authorization", List.of("Bearer " + bearer));
    }
    if (key != null) {
      headers.put("Idempotency-Key", List.of(key));
    }
    int mark = target.indexOf('?');
    ApiRequest request = new ApiRequest(
        method,
        mark < 0 ? target : target.substring(0, mark),
        mark < 0 ? null : target.substring(mark + 1),
        headers,
        body.getBytes(StandardCharsets.UTF_8));
    sightings.value(name, request);
    ApiResponse answer = api.handle(request);
    sightings.answer(name, answer, shownSecret(name, answer));
    if (answer.text().contains(LoudParts.STORE_WORDS)) {
      sightings.text(name, LoudParts.STORE_WORDS);
    }
    if (answer.status() < 300) {
      succeeded.add(name);
    }
    codeOf(answer);
  }

  /** Returns the secret that a create or rotate may show, once it is noted as a secret. */
  private String shownSecret(String name, ApiResponse answer) {
    boolean mayShow = name.equals("POST /webhooks") || name.endsWith("/secret/rotate");
    String secret = mayShow ? field(answer, "/secret") : "";
    return secret.startsWith("whsec_") ? canaries.note("generated secret", secret) : "";
  }

  private void codeOf(ApiResponse answer) {
    String code = field(answer, "/error/code");
    for (ErrorCode known : ErrorCode.values()) {
      if (known.name().equals(code)) {
        refusals.add(known);
      }
    }
  }

  private static String field(ApiResponse answer, String pointer) {
    try {
      return new ObjectMapper().readTree(answer.body()).at(pointer).asText("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Removes what operations leave, so that the account does not reach its limit. */
  private void cleanUp() {
    acme.list(WebhookQuery.all().limit(WebhookQuery.MAX_LIMIT)).data().stream()
        .map(Webhook::id)
        .filter(id -> !id.equals(live) && !id.equals(dead))
        .forEach(acme::delete);
  }
}
