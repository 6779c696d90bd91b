package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** That the description says all that this server does, beside what the library does. */
class OpenApiTest {
  private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static RestServer server;
  private static JsonNode description;

  @BeforeAll
  static void start() throws Exception {
    server = RestServer.start(Configuration.from(Map.of(
        "PORT", "0",
        "API_TOKENS", "token-a=acct_a",
        "DATABASE_URL", "jdbc:h2:mem:" + UUID.randomUUID())));
    description = MAPPER.readTree(send("GET", "/api/v2/openapi.json", "").body());
  }

  @AfterAll
  static void close() {
    if (server != null) {
      server.close();
    }
  }

  private static HttpResponse<String> send(String method, String path, String body)
      throws Exception {
    HttpRequest request = HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.port() + path))
        .header("Authorization", "Bearer token-a")
        .method(method, BodyPublishers.ofString(body))
        .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  /** Returns the methods of each whole path that is described. */
  private static Map<String, Set<String>> described() {
    Map<String, Set<String>> described = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : description.path("paths").properties()) {
      JsonNode servers = path.getValue().has("servers")
          ? path.getValue().path("servers")
          : description.path("servers");
      String server = servers.path(0).path("url").asText();
      String whole = (server.equals("/") ? "" : server) + path.getKey();
      Set<String> methods = described.computeIfAbsent(whole, ignored -> new TreeSet<>());
      path.getValue().fieldNames().forEachRemaining(name -> {
        if (METHODS.contains(name.toUpperCase(Locale.ROOT))) {
          methods.add(name.toUpperCase(Locale.ROOT));
        }
      });
    }
    return described;
  }

  @Test
  void every_route_outside_the_management_api_is_described() {
    assertThat(server.ownRoutes())
        .isNotEmpty()
        .allSatisfy(route -> assertThat(described().get(route.path()))
            .as(route.path())
            .containsExactlyInAnyOrderElementsOf(
                route.methods().stream().filter(METHODS::contains).toList()));
  }

  @Test
  void the_routes_added_to_the_management_api_are_described() {
    assertThat(described())
        .containsEntry("/api/v2" + EventsRoute.PATH, Set.of("POST"))
        .containsEntry("/api/v2/portal/", Set.of("GET"))
        .containsEntry("/api/v2/webhooks", Set.of("GET", "POST"));
  }

  /** The description has every route that there is, and no other. */
  @Test
  void every_path_takes_the_described_methods_and_no_others() throws Exception {
    for (Map.Entry<String, Set<String>> path : described().entrySet()) {
      String target = path.getKey().replaceAll("\\{[^}]+}", "none");
      for (String method : METHODS) {
        HttpResponse<String> answer = send(method, target, "");
        boolean noSuchPath = answer.statusCode() == 404 && answer.body().contains("\"NOT_FOUND\"");
        boolean there = answer.statusCode() != 405 && !noSuchPath;

        assertThat(there)
            .as(method + " " + target + ": " + answer.statusCode())
            .isEqualTo(path.getValue().contains(method));
      }
    }
  }

  @Test
  void every_operation_documents_a_refusal() {
    for (JsonNode path : description.path("paths")) {
      for (JsonNode operation : path) {
        if (operation.has("operationId")) {
          assertThat(operation.path("responses").properties())
              .as(operation.path("operationId").asText())
              .anyMatch(response -> response.getKey().startsWith("4"));
        }
      }
    }
  }

  @Test
  void every_reference_leads_somewhere_and_every_operation_has_a_name_of_its_own() {
    assertThat(description.findValuesAsText("$ref"))
        .isNotEmpty()
        .allSatisfy(reference ->
            assertThat(description.at(reference.substring(1)).isMissingNode()).isFalse());
    assertThat(description.findValuesAsText("operationId")).doesNotHaveDuplicates();
  }

  @Test
  void answers_have_the_described_fields() throws Exception {
    String event = "{\"type\":\"dataset.created\","
        + "\"data\":{\"datasetId\":1,\"name\":\"n\",\"type\":\"t\"}}";

    assertFields("PublishedEvent", send("POST", "/api/v2/events", event), 202);
    assertFields("Health", send("GET", "/health", ""), 200);
  }

  private static void assertFields(String schema, HttpResponse<String> answer, int status)
      throws Exception {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode described = description.at("/components/schemas/" + schema);
    List<String> fields = MAPPER.readTree(answer.body()).properties().stream()
        .map(Map.Entry::getKey)
        .toList();
    assertThat(described.path("properties").properties())
        .as(schema)
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(fields);
  }
}
