package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.NEW_WEBHOOK;
import static dev.webhooks.management.ApiFixture.URL;
import static dev.webhooks.management.ApiFixture.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the description says what the management API does, no more and no less. */
class OpenApiTest {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "patch", "delete", "head", "options", "trace");

  private final ApiFixture fixture = new ApiFixture();
  private final JsonNode description = json(fixture.send("GET", "/openapi.json", Map.of(), ""));

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void the_description_and_the_routing_table_have_the_same_routes() {
    Set<String> described = new TreeSet<>();
    description
        .path("paths")
        .properties()
        .forEach(path -> path.getValue().fieldNames().forEachRemaining(key -> {
          if (METHODS.contains(key)) {
            described.add(key.toUpperCase(Locale.ROOT) + " " + path.getKey());
          }
        }));

    assertThat(described)
        .isEqualTo(fixture.api.routes().stream()
            .map(route -> route.method() + " " + route.template())
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void every_route_takes_the_described_parameters() {
    for (Route route : fixture.api.routes()) {
      assertThat(described(route, "query"))
          .as(route.toString())
          .containsExactlyInAnyOrderElementsOf(route.parameters());
      assertThat(described(route, "path"))
          .as(route.toString())
          .containsExactlyInAnyOrderElementsOf(Arrays.stream(route.template().split("/"))
              .filter(segment -> segment.startsWith("{"))
              .map(segment -> segment.substring(1, segment.length() - 1))
              .toList());
    }
  }

  @Test
  void every_route_but_reading_ones_takes_an_idempotency_key() {
    for (Route route : fixture.api.routes()) {
      assertThat(described(route, "header").contains("Idempotency-Key"))
          .as(route.toString())
          .isEqualTo(!route.method().equals("GET"));
    }
  }

  @Test
  void every_operation_documents_a_refusal() {
    for (Route route : fixture.api.routes()) {
      JsonNode responses = description
          .path("paths")
          .path(route.template())
          .path(route.method().toLowerCase(Locale.ROOT))
          .path("responses");

      assertThat(responses.properties())
          .as(route.method() + " " + route.template())
          .anyMatch(response -> response.getKey().startsWith("4"));
    }
  }

  @Test
  void the_licence_is_that_of_the_project() {
    assertThat(description.at("/info/license/identifier").asText()).isEqualTo("Apache-2.0");
    assertThat(description.at("/info/license/name").asText()).isEqualTo("Apache License 2.0");
  }

  @Test
  void a_query_is_refused_as_the_description_says() {
    ApiResponse refused = fixture.send("GET", "/openapi.json?version=2", Map.of(), "");

    assertThat(refused.status()).isEqualTo(400);
    assertThat(json(refused).at("/error/message").asText()).contains("version");
  }

  @Test
  void every_documented_reference_leads_somewhere() {
    List<String> references = description.findValuesAsText("$ref");

    assertThat(references)
        .isNotEmpty()
        .allSatisfy(reference ->
            assertThat(description.at(reference.substring(1)).isMissingNode()).isFalse());
  }

  @Test
  void every_code_is_documented() {
    List<String> codes =
        new ArrayList<>(List.of("NOT_FOUND", "METHOD_NOT_ALLOWED", "INTERNAL_ERROR"));
    Arrays.stream(ErrorCode.values()).forEach(code -> codes.add(code.name()));
    List<String> errors = new ArrayList<>(
        Arrays.stream(DeliveryError.values()).map(DeliveryError::code).toList());
    errors.add("null");

    assertThat(texts(
            description.at("/components/schemas/Error/properties/error/properties/code/enum")))
        .containsExactlyInAnyOrderElementsOf(codes);
    assertThat(texts(description.at("/components/schemas/Delivery/properties/error/enum")))
        .containsExactlyInAnyOrderElementsOf(errors);
  }

  @Test
  void answers_are_as_documented() {
    fixture.kit.receiver(URL).answers(500, 200, 500);
    JsonNode created = verified("POST", "/webhooks", "/webhooks", NEW_WEBHOOK);
    String webhook = "/webhooks/" + created.path("id").asText();
    fixture
        .kit
        .account("acme")
        .publish(Event.ofJson(
            "dataset.created",
            "{\"datasetId\":1,\"name\":\"n\",\"type\":\"t\",\"deep\":{\"x\":[1]}}"));
    verified("GET", "/webhooks", "/webhooks", "");
    fixture.kit.runUntilIdle();
    verified("GET", "/webhooks/{id}", webhook, "");
    fixture.kit.advance(Duration.ofSeconds(5));

    verified("GET", "/webhooks", "/webhooks?limit=1", "");
    verified("GET", "/webhooks/{id}", webhook, "");
    verified("PATCH", "/webhooks/{id}", webhook, "{\"name\":\"n\",\"headers\":{\"X-A\":\"b\"}}");
    JsonNode log = verified("GET", "/webhooks/{id}/deliveries", webhook + "/deliveries", "");
    String delivery =
        webhook + "/deliveries/" + log.path("data").path(0).path("id").asText();
    verified("GET", "/webhooks/{id}/deliveries/{deliveryId}", delivery, "");
    verified("GET", "/openapi.json", "/openapi.json", "");
    verified("GET", "/event-types", "/event-types", "");
    verified("PATCH", "/webhooks/{id}", webhook, "{\"url\":1}");
    verified("GET", "/webhooks/{id}/deliveries/{deliveryId}", delivery + "0", "");
    verified("POST", "/webhooks/{id}/secret/rotate", webhook + "/secret/rotate", "");
    verified("POST", "/webhooks/{id}/recover", webhook + "/recover", "{\"since\":\"2026-01-05\"}");
    verified("POST", "/webhooks/{id}/test", webhook + "/test", "");
    verified("POST", "/webhooks/{id}/deliveries/{deliveryId}/retry", delivery + "/retry", "");
    assertThat(fixture.delete(webhook).status()).isEqualTo(204);
    verified("GET", "/webhooks/{id}", webhook, "");
  }

  @Test
  void the_server_is_the_base_path() {
    ApiResponse below = fixture
        .api
        .basePath("/api")
        .handle(ApiFixture.request("GET", "/api/openapi.json", Map.of(), new byte[0]));

    assertThat(json(below).at("/servers/0/url").asText()).isEqualTo("/api");
    assertThat(description.at("/servers/0/url").asText()).isEqualTo("/");
    assertThat(description.at("/info/version").asText()).isNotEmpty().doesNotContain("$");
  }

  /** Sends a request, and compares the answer with what is documented for its status. */
  private JsonNode verified(String method, String template, String target, String body) {
    ApiResponse response = fixture.as(ApiFixture.ACME, method, target, body);
    JsonNode documented = description
        .path("paths")
        .path(template)
        .path(method.toLowerCase(Locale.ROOT))
        .path("responses")
        .path(Integer.toString(response.status()));
    if (documented.has("$ref")) {
      documented = description.at(documented.path("$ref").asText().substring(1));
    }
    JsonNode schema = documented.path("content").path("application/json").path("schema");
    assertThat(schema.isMissingNode()).as(target + " " + response.status()).isFalse();
    assertThat(SchemaCheck.problems(description, schema, json(response)))
        .as(target)
        .isEmpty();
    return json(response);
  }

  /** Returns the names of a route's documented parameters in the query, path or headers. */
  private List<String> described(Route route, String in) {
    JsonNode path = description.path("paths").path(route.template());
    List<JsonNode> parameters = new ArrayList<>();
    path.path("parameters").forEach(parameters::add);
    path.path(route.method().toLowerCase(Locale.ROOT)).path("parameters").forEach(parameters::add);
    return parameters.stream()
        .map(parameter -> parameter.has("$ref")
            ? description.at(parameter.path("$ref").asText().substring(1))
            : parameter)
        .filter(parameter -> parameter.path("in").asText().equals(in))
        .map(parameter -> parameter.path("name").asText())
        .toList();
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(value -> texts.add(value.asText()));
    return texts;
  }
}
