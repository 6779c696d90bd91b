package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.message;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookImport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Null means absent, but in a change, where it clears the name and nothing else. */
class ApiNullsTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String REQUIRED = "{\"url\":\"" + URL + "\",\"events\":[\"*\"]";

  private final ApiFixture fixture = new ApiFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",\"name\":null",
        ",\"headers\":null",
        ",\"secret\":null",
        ",\"secret\":null,\"name\":null,\"headers\":null"
      })
  void a_create_with_nulls_is_one_without_them(String nulls) {
    ApiResponse first = fixture.withKey("k", "POST", "/webhooks", REQUIRED + "}");
    ApiResponse again = fixture.withKey("k", "POST", "/webhooks", REQUIRED + nulls + "}");

    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text()).isEqualTo(first.text());
    JsonNode made = json(fixture.post("/webhooks", REQUIRED + nulls + "}"));
    assertThat(made.path("name").isNull()).isTrue();
    assertThat(made.path("headers")).isEmpty();
    assertThat(made.path("secret").asText()).startsWith("whsec_");
  }

  @Test
  void a_rotation_with_nulls_is_one_without_them() {
    String rotate = "/webhooks/" + fixture.webhook() + "/secret/rotate";
    ApiResponse first = fixture.withKey("k", "POST", rotate, "");
    ApiResponse again =
        fixture.withKey("k", "POST", rotate, "{\"secret\":null,\"overlapHours\":null}");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(first.text()).contains("whsec_");
  }

  @Test
  void a_test_with_a_null_is_one_without_it() {
    String test = "/webhooks/" + fixture.webhook() + "/test";
    ApiResponse first = fixture.withKey("k", "POST", test, "");
    ApiResponse again = fixture.withKey("k", "POST", test, "{\"payload\":null}");

    assertThat(again.status()).isEqualTo(200);
    assertThat(again.text()).isEqualTo(first.text());
  }

  @Test
  void a_null_where_a_field_is_needed_is_a_missing_field() {
    String recover = "/webhooks/" + fixture.webhook() + "/recover";

    assertThat(message(fixture.post(recover, "{\"since\":null}"))).isEqualTo("since is missing");
    assertThat(message(fixture.post("/webhooks", "{\"url\":null}"))).isEqualTo("url is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"url", "events", "headers", "secret", "status"})
  void a_change_clears_the_name_alone(String field) {
    String webhook = "/webhooks/" + fixture.webhook();
    fixture.patch(webhook, "{\"name\":\"before\"}");

    ApiResponse refused = fixture.patch(webhook, "{\"name\":null,\"" + field + "\":null}");

    assertThat(refusal(refused)).isEqualTo("400 INVALID_REQUEST");
    assertThat(message(refused)).startsWith(field + " must not be null");
    assertThat(json(fixture.get(webhook)).path("name").asText()).isEqualTo("before");
    assertThat(json(fixture.patch(webhook, "{\"name\":null}")).path("name").isNull())
        .isTrue();
  }

  @Test
  void the_java_api_takes_null_for_absent_too() {
    AccountWebhooks acme = fixture.kit.account("acme").withIdempotencyKey("k");
    WebhookDraft draft = WebhookDraft.to(URL).events("*");
    WebhookDraft cleared = draft
        .name("n")
        .name(null)
        .header("A", "1")
        .headers((Map<String, String>) null)
        .secret("0123456789abcdef")
        .secret(null);
    String id = acme.create(draft).webhook().id();

    assertThat(acme.create(cleared).webhook().id()).isEqualTo(id);
    AccountWebhooks again = fixture.kit.account("acme").withIdempotencyKey("rotation");
    assertThat(again.rotateSecret(id, SecretRotation.to(null)))
        .isEqualTo(again.rotateSecret(id, SecretRotation.generated()));
    AccountWebhooks testing = fixture.kit.account("acme").withIdempotencyKey("test");
    assertThat(testing.test(id, null)).isEqualTo(testing.test(id));
    assertThat(testing.testJson(id, null)).isEqualTo(testing.test(id));
    WebhookImport old =
        WebhookImport.of("old-1", cleared.secret("0123456789abcdef")).createdAt(null);
    assertThat(acme.importWebhooks(List.of(old)))
        .extracting(ImportResult::outcome)
        .containsExactly(ImportResult.Outcome.IMPORTED);
  }
}
