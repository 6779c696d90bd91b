package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.examples.restserver.Api.Answer;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Two servers on one PostgreSQL: whatever is asked of both at once takes effect once. */
@ExtendWith(ServersErrors.class)
class TwoProcessesIT {
  private static final int MOST_TRIES = 20;
  private static final String CONFLICT = "409 DUPLICATE_IDEMPOTENCY_KEY";

  @TempDir
  private static Path directory;

  private static List<RestServerProcess> servers = List.of();

  @AutoClose
  private static EmbeddedPostgres postgres;

  @AutoClose
  private static Receiver receiver;

  @BeforeAll
  static void start() throws IOException {
    postgres = Postgres.start();
    receiver = new Receiver();
    Map<String, String> variables = Map.of(
        "API_TOKENS", "token-keys=acct_keys,token-limit=acct_limit,token-retry=acct_retry",
        "DATABASE_URL", Postgres.url(postgres),
        "ALLOW_TARGETS", "localhost",
        "TRUST_CERTIFICATE", receiver.authorityPem(),
        "RETRY_SCHEDULE", "0s",
        "MAX_WEBHOOKS", "50");
    servers = IntStream.range(0, 2)
        .parallel()
        .mapToObj(i -> RestServerProcess.start(directory, variables))
        .toList();
  }

  @AfterAll
  static void stop() {
    servers.forEach(RestServerProcess::close);
  }

  @Test
  void fifty_creates_with_one_key_make_one_webhook() {
    String draft = Api.draft(receiver.url("/keys"));

    List<Answer> answers = atOnce(
        50,
        "token-keys",
        (api, number) -> api.sendLater("POST", "/webhooks", draft, "Idempotency-Key", "the-one"));
    Answer later = Api.of(servers.get(0), "token-keys")
        .send("POST", "/webhooks", draft, "Idempotency-Key", "the-one");

    assertOneEffect(answers, 201);
    assertThat(answers)
        .filteredOn(answer -> answer.status() == 201)
        .allSatisfy(answer ->
            assertThat(answer.text()).isEqualTo(later.text()).contains("\"secret\":\"whsec_"));
    assertThat(Api.of(servers.get(1), "token-keys")
            .get("/webhooks")
            .json()
            .path("pagination")
            .path("total")
            .asInt())
        .isEqualTo(1);
  }

  @Test
  void fifty_publishes_with_one_id_make_one_event() throws Exception {
    Api api = Api.of(servers.get(0), "token-retry");
    String id = api.webhook(receiver.url("/one-event")).path("id").asText();
    String event = Api.EVENT.replace("{\"type", "{\"id\":\"the-one\",\"type");

    List<Answer> answers =
        atOnce(50, "token-retry", (server, number) -> server.sendLater("POST", "/events", event));

    assertOneEffect(answers, 202);
    assertThat(answers)
        .filteredOn(answer -> answer.status() == 202)
        .allSatisfy(
            answer -> assertThat(answer.json().path("eventId").asText()).isEqualTo("the-one"));
    api.latestDelivery(id, Api.status("success"));
    assertThat(receiver.await(1, request -> request.path().equals("/one-event")))
        .hasSize(1);
    assertThat(api.get("/webhooks/" + id + "/deliveries")
            .json()
            .path("pagination")
            .path("total")
            .asInt())
        .isEqualTo(1);
    api.delete("/webhooks/" + id).expect(204);
  }

  @Test
  void of_sixty_creates_fifty_fit() {
    List<Answer> answers = atOnce(
        60,
        "token-limit",
        (api, number) ->
            api.sendLater("POST", "/webhooks", Api.draft(receiver.url("/limit-" + number))));

    assertThat(answers).filteredOn(answer -> answer.status() == 201).hasSize(50);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 201)
        .extracting(Answer::refusal)
        .hasSize(10)
        .containsOnly("403 WEBHOOK_LIMIT_EXCEEDED");
    assertThat(Api.of(servers.get(0), "token-limit")
            .get("/webhooks?limit=100")
            .json()
            .path("data"))
        .hasSize(50);
  }

  @Test
  void of_twenty_retries_one_is_accepted() {
    receiver.answers("/failing", 500);
    Api api = Api.of(servers.get(0), "token-retry");
    String id = api.webhook(receiver.url("/failing")).path("id").asText();
    api.publish();
    JsonNode failed = api.latestDelivery(id, Api.status("failed"));
    String retry = "/webhooks/" + id + "/deliveries/" + failed.path("id").asText() + "/retry";

    List<Answer> answers =
        atOnce(20, "token-retry", (server, number) -> server.sendLater("POST", retry, null));

    assertThat(answers).filteredOn(answer -> answer.status() == 202).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> answer.status() != 202)
        .extracting(Answer::refusal)
        .hasSize(19)
        .containsOnly("409 DELIVERY_ALREADY_RETRIED");
    api.delete("/webhooks/" + id).expect(204);
  }

  /** All answers are the same success, or say that the first request is still running. */
  private static void assertOneEffect(List<Answer> answers, int success) {
    List<Answer> successes =
        answers.stream().filter(answer -> answer.status() == success).toList();
    assertThat(successes).isNotEmpty();
    assertThat(successes).extracting(Answer::text).containsOnly(successes.get(0).text());
    assertThat(answers)
        .filteredOn(answer -> answer.status() != success)
        .allSatisfy(answer -> assertThat(answer.refusal()).isEqualTo(CONFLICT));
  }

  /** Sends requests to both servers in turn, without waiting for one before the next. */
  private static List<Answer> atOnce(
      int count, String token, BiFunction<Api, Integer, CompletableFuture<Answer>> request) {
    List<CompletableFuture<Answer>> pending = IntStream.range(0, count)
        .mapToObj(i ->
            persistently(MOST_TRIES, () -> request.apply(Api.of(servers.get(i % 2), token), i)))
        .toList();
    return pending.stream().map(CompletableFuture::join).toList();
  }

  /** Sends again what the store was too busy for: then nothing was changed, as the answer says. */
  private static CompletableFuture<Answer> persistently(
      int tries, Supplier<CompletableFuture<Answer>> request) {
    return request
        .get()
        .thenCompose(answer -> answer.status() == 503 && tries > 1
            ? persistently(tries - 1, request)
            : CompletableFuture.completedFuture(answer));
  }
}
