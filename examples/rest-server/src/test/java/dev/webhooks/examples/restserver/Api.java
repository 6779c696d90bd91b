package dev.webhooks.examples.restserver;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** A customer's program that calls a server with one token. */
final class Api {
  static final String DATA = "{\"name\":\"Birds\",\"datasetId\":1.50,\"type\":\"table\"}";
  static final String EVENT = "{\"type\":\"dataset.created\",\"data\":" + DATA + "}";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Duration PATIENCE = Duration.ofSeconds(RestServerProcess.PATIENCE_SECONDS);

  private final String base;
  private final String token;

  private Api(String base, String token) {
    this.base = base;
    this.token = token;
  }

  static Api of(RestServerProcess server, String token) {
    return new Api(server.url() + "/api/v2", token);
  }

  Answer get(String path) {
    return send("GET", path, null);
  }

  Answer post(String path, String body) {
    return send("POST", path, body);
  }

  Answer patch(String path, String body) {
    return send("PATCH", path, body);
  }

  Answer delete(String path) {
    return send("DELETE", path, null);
  }

  Answer send(String method, String path, String body, String... headers) {
    return sendBytes(
        method, path, body == null ? null : body.getBytes(StandardCharsets.UTF_8), headers);
  }

  Answer sendBytes(String method, String path, byte[] body, String... headers) {
    return exchange(request(method, path, body, headers));
  }

  CompletableFuture<Answer> sendLater(String method, String path, String body, String... headers) {
    byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
    return CLIENT
        .sendAsync(request(method, path, bytes, headers), BodyHandlers.ofString())
        .thenApply(Answer::of);
  }

  /** Sends a request without a token, to any path of the server. */
  static Answer anonymous(RestServerProcess server, String method, String path) {
    return exchange(HttpRequest.newBuilder(URI.create(server.url() + path))
        .timeout(PATIENCE)
        .method(method, BodyPublishers.noBody())
        .build());
  }

  /** Signs in as a browser does, and returns the token with which it is sent to the portal. */
  static String portalToken(RestServerProcess server, String apiToken) {
    Answer answer = exchange(HttpRequest.newBuilder(URI.create(server.url() + "/sign-in"))
        .timeout(PATIENCE)
        .POST(BodyPublishers.ofString("token=" + apiToken))
        .build());
    String target = answer.expect(303).headers().firstValue("location").orElseThrow();
    return target.substring(target.indexOf("#token=") + "#token=".length());
  }

  /** Registers a webhook for all events and returns what was answered. */
  JsonNode webhook(String url) {
    return post("/webhooks", draft(url)).expect(201).json();
  }

  static String draft(String url) {
    return "{\"url\":\"" + url + "\",\"events\":[\"*\"]}";
  }

  String publish() {
    return post("/events", EVENT).expect(202).json().path("eventId").asText();
  }

  /** Asks for the latest delivery of a webhook until it fulfils a condition. */
  JsonNode latestDelivery(String webhookId, Predicate<JsonNode> condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    JsonNode latest;
    do {
      latest = get("/webhooks/" + webhookId + "/deliveries?limit=1")
          .expect(200)
          .json()
          .path("data")
          .path(0);
    } while (!condition.test(latest) && System.nanoTime() < end);
    if (!condition.test(latest)) {
      throw new AssertionError("not in time: " + latest);
    }
    return latest;
  }

  static Predicate<JsonNode> status(String status) {
    return delivery -> delivery.path("status").asText().equals(status);
  }

  private HttpRequest request(String method, String path, byte[] body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + token)
        .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  private static Answer exchange(HttpRequest request) {
    try {
      return Answer.of(CLIENT.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(request.method() + " " + request.uri(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The answer of a server. */
  record Answer(int status, String text, HttpHeaders headers) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer of(HttpResponse<String> response) {
      return new Answer(response.statusCode(), response.body(), response.headers());
    }

    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(text, e);
      }
    }

    Answer expect(int expected) {
      if (status != expected) {
        throw new AssertionError("expected " + expected + " but got " + status + " " + text);
      }
      return this;
    }

    /** Returns status and code, such as {@code 404 WEBHOOK_NOT_FOUND}. */
    String refusal() {
      return status + " " + json().path("error").path("code").asText();
    }

    Map<String, List<String>> headerMap() {
      return headers.map();
    }
  }
}
