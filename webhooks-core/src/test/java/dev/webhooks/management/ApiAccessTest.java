package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests who may ask the management API, and what it tells when something goes wrong. */
class ApiAccessTest {
  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer acme-token", "bearer acme-token", "BEARER  acme-token "})
  void the_scheme_is_read_in_any_case(String authorization) {
    assertThat(fixture
            .send("GET", "/webhooks", Map.of("authorization", authorization), "")
            .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Bearer",
        "Bearer ",
        "Bearer unknown",
        "Basic acme-token",
        "acme-token",
        "Bearer acme-token x",
        "Bearer acme-tokenx",
        "Beareracme-token",
        "Bearer \tacme\ttoken",
        "Bearer acme-tok\u00e9n"
      })
  void nobody_gets_in_without_a_valid_token(String authorization) {
    ApiResponse response =
        fixture.send("GET", "/webhooks", Map.of("Authorization", authorization), "");

    assertThat(refusal(response)).isEqualTo("401 UNAUTHORIZED");
    assertThat(response.headers()).containsEntry("www-authenticate", "Bearer");
    assertThat(response.text()).doesNotContain("acme");
  }

  @Test
  void several_tokens_are_none() {
    String valid = "Bearer " + ApiFixture.ACME;
    byte[] empty = new byte[0];

    ApiResponse twice = fixture.api.handle(ApiFixture.request(
        "GET", "/webhooks", Map.of("Authorization", List.of(valid, valid)), empty));
    ApiResponse twoCases = fixture.api.handle(ApiFixture.request(
        "GET",
        "/webhooks",
        Map.of("Authorization", List.of(valid), "authorization", List.of(valid)),
        empty));

    assertThat(refusal(twice)).isEqualTo("401 UNAUTHORIZED");
    assertThat(refusal(twoCases)).isEqualTo("401 UNAUTHORIZED");
  }

  @Test
  void every_route_but_the_description_needs_a_token() {
    for (Route route : fixture.api.routes()) {
      int status = fixture.send(route.method(), route.template(), Map.of(), "").status();

      assertThat(status)
          .as(route.template())
          .isEqualTo(route.template().equals("/openapi.json") ? 200 : 401);
    }
  }

  @Test
  void a_key_of_one_account_says_nothing_to_another() {
    ApiResponse acme = fixture.withKey("k1", "POST", "/webhooks", NEW_WEBHOOK);
    ApiResponse other = fixture.send(
        "POST",
        "/webhooks",
        Map.of("Authorization", "Bearer " + ApiFixture.OTHER, "Idempotency-Key", "k1"),
        NEW_WEBHOOK);

    assertThat(other.status()).isEqualTo(201);
    assertThat(json(other).path("id")).isNotEqualTo(json(acme).path("id"));
  }

  @Test
  void an_unexpected_fault_tells_a_reference_and_nothing_else() {
    ByteArrayOutputStream log = new ByteArrayOutputStream();

    ApiResponse response =
        logging(log, () -> answerIfAuthenticatorThrows(new IllegalStateException("canary")));

    String message = ApiFixture.message(response);
    String reference = message.substring(message.lastIndexOf(' ') + 1);
    assertThat(refusal(response)).isEqualTo("500 INTERNAL_ERROR");
    assertThat(reference).matches("[0-9a-f-]{36}");
    assertThat(response.text()).doesNotContain("canary");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains(reference, "IllegalStateException", "ApiAccessTest")
        .as("an authenticator may quote the token")
        .doesNotContain("canary");
  }

  @Test
  void an_error_of_the_virtual_machine_is_a_fault_too() {
    ApiResponse response = logging(
        new ByteArrayOutputStream(), () -> answerIfAuthenticatorThrows(new StackOverflowError()));

    assertThat(refusal(response)).isEqualTo("500 INTERNAL_ERROR");
  }

  @Test
  void a_malformed_account_is_the_fault_of_the_host() {
    ManagementApi api =
        ManagementApi.on(fixture.kit.webhooks(), token -> Optional.of("not an account"));

    ApiResponse response = logging(new ByteArrayOutputStream(), () -> handle(api));

    assertThat(refusal(response)).isEqualTo("500 INTERNAL_ERROR");
  }

  @Test
  void a_store_that_is_away_says_whether_the_outcome_is_unknown() {
    ApiResponse nothing =
        answerIfAuthenticatorThrows(new StoreUnavailableException("canary", false, null));
    ApiResponse unknown =
        answerIfAuthenticatorThrows(new StoreUnavailableException("canary", true, null));

    assertThat(refusal(nothing)).isEqualTo("503 STORE_UNAVAILABLE");
    assertThat(ApiFixture.message(nothing)).contains("nothing was changed");
    assertThat(refusal(unknown)).isEqualTo("503 STORE_UNAVAILABLE");
    assertThat(ApiFixture.message(unknown)).contains("unknown").doesNotContain("canary");
  }

  @Test
  void an_authenticator_may_refuse_in_its_own_words() {
    ApiResponse response = answerIfAuthenticatorThrows(
        new WebhookException(ErrorCode.UNAUTHORIZED, "the token has expired"));

    assertThat(refusal(response)).isEqualTo("401 UNAUTHORIZED");
    assertThat(ApiFixture.message(response)).isEqualTo("the token has expired");
  }

  @Test
  void a_token_that_could_never_be_sent_is_refused_without_showing_it() {
    assertThatThrownBy(() -> Authenticator.ofTokens(Map.of("can ary", "acme")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageNotContaining("can ary");
  }

  /** Runs with the log going elsewhere. */
  private static ApiResponse logging(ByteArrayOutputStream log, Supplier<ApiResponse> work) {
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      return work.get();
    } finally {
      System.setErr(before);
    }
  }

  private ApiResponse answerIfAuthenticatorThrows(Throwable thrown) {
    return handle(ManagementApi.on(fixture.kit.webhooks(), token -> {
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    }));
  }

  private static ApiResponse handle(ManagementApi api) {
    return api.handle(ApiFixture.request(
        "GET", "/webhooks", Map.of("Authorization", List.of("Bearer any")), new byte[0]));
  }
}
