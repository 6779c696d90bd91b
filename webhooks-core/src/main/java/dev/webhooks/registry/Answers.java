package dev.webhooks.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.Secret;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.registry.Idempotent.AnswerCodec;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the answers that are replayed for idempotency keys, as JSON; a secret in them is encrypted
 * like a stored one.
 */
final class Answers {
  private final ObjectMapper json = new ObjectMapper();
  private final ConfigurationCodec codec;

  Answers(ConfigurationCodec codec) {
    this.codec = codec;
  }

  AnswerCodec<CreatedWebhook> created() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(CreatedWebhook answer) {
        return withSecret(answer.webhook(), answer.generatedSecret());
      }

      @Override
      public CreatedWebhook read(byte[] stored) {
        JsonNode node = parse(stored);
        return new CreatedWebhook(webhook(node), secret(node));
      }
    };
  }

  AnswerCodec<RotatedSecret> rotated() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(RotatedSecret answer) {
        return withSecret(answer.webhook(), answer.generatedSecret());
      }

      @Override
      public RotatedSecret read(byte[] stored) {
        JsonNode node = parse(stored);
        return new RotatedSecret(webhook(node), secret(node));
      }
    };
  }

  AnswerCodec<Webhook> changed() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(Webhook answer) {
        return bytes(tree(answer));
      }

      @Override
      public Webhook read(byte[] stored) {
        return webhook(parse(stored));
      }
    };
  }

  AnswerCodec<Delivery> retried() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(Delivery answer) {
        return bytes(tree(answer));
      }

      @Override
      public Delivery read(byte[] stored) {
        return delivery(parse(stored));
      }
    };
  }

  AnswerCodec<TestResult> tested() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(TestResult answer) {
        return bytes(tree(answer));
      }

      @Override
      public TestResult read(byte[] stored) {
        return testResult(parse(stored));
      }
    };
  }

  AnswerCodec<Integer> count() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(Integer answer) {
        return bytes(json.createObjectNode().put("count", answer));
      }

      @Override
      public Integer read(byte[] stored) {
        return parse(stored).path("count").asInt();
      }
    };
  }

  AnswerCodec<Boolean> done() {
    return new AnswerCodec<>() {
      @Override
      public byte[] write(Boolean answer) {
        return new byte[] {'{', '}'};
      }

      @Override
      public Boolean read(byte[] stored) {
        return true;
      }
    };
  }

  private ObjectNode tree(Webhook webhook) {
    ObjectNode node = json.createObjectNode();
    node.put("id", webhook.id()).put("account", webhook.account()).put("name", webhook.name());
    node.put("url", webhook.url());
    webhook.events().forEach(node.putArray("events")::add);
    webhook.headers().forEach(node.putObject("headers")::put);
    node.put("status", webhook.status().name());
    node.put("createdAt", webhook.createdAt().toString())
        .put("updatedAt", webhook.updatedAt().toString())
        .put("previousSecretEndsAt", text(webhook.previousSecretEndsAt()))
        .put("failingSince", text(webhook.failingSince()))
        .put("suspendedUntil", text(webhook.suspendedUntil()));
    WebhookStatistics statistics = webhook.statistics();
    node.putObject("statistics")
        .put("succeeded", statistics.succeeded())
        .put("failed", statistics.failed())
        .put("pending", statistics.pending())
        .put("consecutiveFailures", statistics.consecutiveFailures())
        .put("lastAttemptAt", text(statistics.lastAttemptAt()))
        .put("lastSuccessAt", text(statistics.lastSuccessAt()))
        .put("lastFailureAt", text(statistics.lastFailureAt()));
    return node;
  }

  private static Webhook webhook(JsonNode node) {
    List<String> events = new ArrayList<>();
    node.path("events").forEach(event -> events.add(event.asText()));
    Map<String, String> headers = new LinkedHashMap<>();
    JsonNode stored = node.path("headers");
    stored
        .fieldNames()
        .forEachRemaining(name -> headers.put(name, stored.path(name).asText()));
    JsonNode statistics = node.path("statistics");
    return new Webhook(
        node.path("id").asText(),
        node.path("account").asText(),
        text(node, "name"),
        node.path("url").asText(),
        events,
        headers,
        WebhookStatus.valueOf(node.path("status").asText()),
        Instant.parse(node.path("createdAt").asText()),
        Instant.parse(node.path("updatedAt").asText()),
        instant(node, "previousSecretEndsAt"),
        instant(node, "failingSince"),
        instant(node, "suspendedUntil"),
        new WebhookStatistics(
            statistics.path("succeeded").asLong(),
            statistics.path("failed").asLong(),
            statistics.path("pending").asLong(),
            statistics.path("consecutiveFailures").asLong(),
            instant(statistics, "lastAttemptAt"),
            instant(statistics, "lastSuccessAt"),
            instant(statistics, "lastFailureAt")));
  }

  private ObjectNode tree(Delivery delivery) {
    DeliveryError error = delivery.error();
    return json.createObjectNode()
        .put("id", delivery.id())
        .put("webhookId", delivery.webhookId())
        .put("eventId", delivery.eventId())
        .put("event", delivery.event())
        .put("status", delivery.status().name())
        .put("attempts", delivery.attempts())
        .put("responseStatus", delivery.responseStatus())
        .put("responseTimeMs", delivery.responseTimeMs())
        .put("error", error == null ? null : error.code())
        .put("createdAt", delivery.createdAt().toString())
        .put("lastAttemptAt", text(delivery.lastAttemptAt()))
        .put("nextAttemptAt", text(delivery.nextAttemptAt()))
        .put("retryOf", delivery.retryOf())
        .put("retriedBy", delivery.retriedBy());
  }

  private static Delivery delivery(JsonNode node) {
    return new Delivery(
        node.path("id").asText(),
        node.path("webhookId").asText(),
        node.path("eventId").asText(),
        node.path("event").asText(),
        DeliveryStatus.valueOf(node.path("status").asText()),
        node.path("attempts").asInt(),
        integer(node, "responseStatus"),
        integer(node, "responseTimeMs"),
        error(node),
        Instant.parse(node.path("createdAt").asText()),
        instant(node, "lastAttemptAt"),
        instant(node, "nextAttemptAt"),
        text(node, "retryOf"),
        text(node, "retriedBy"));
  }

  private ObjectNode tree(TestResult result) {
    DeliveryError error = result.error();
    return json.createObjectNode()
        .put("deliveryId", result.deliveryId())
        .put("eventId", result.eventId())
        .put("delivered", result.delivered())
        .put("responseStatus", result.responseStatus())
        .put("responseTimeMs", result.responseTimeMs())
        .put("responseBody", result.responseBody())
        .put("error", error == null ? null : error.code());
  }

  private static TestResult testResult(JsonNode node) {
    return new TestResult(
        node.path("deliveryId").asText(),
        node.path("eventId").asText(),
        node.path("delivered").asBoolean(),
        integer(node, "responseStatus"),
        node.path("responseTimeMs").asInt(),
        text(node, "responseBody"),
        error(node));
  }

  /**
   * Returns a stored answer with the secret that it holds encrypted under the present key; empty if
   * it holds none, or is so already.
   *
   * @throws UndecryptableException if the secret cannot be decrypted
   */
  Optional<byte[]> renewed(byte[] stored) {
    JsonNode answer = parse(stored);
    String text = text(answer, "secret");
    if (text == null) {
      return Optional.empty();
    }
    byte[] sealed = Base64.getDecoder().decode(text);
    return codec
        .renewed(uuid(answer.path("id").asText()), sealed)
        .map(renewed -> bytes(((ObjectNode) answer).put("secret", encoded(renewed))));
  }

  private static String encoded(byte[] sealed) {
    return Base64.getEncoder().encodeToString(sealed);
  }

  private byte[] withSecret(Webhook webhook, @Nullable Secret secret) {
    ObjectNode node = tree(webhook);
    if (secret != null) {
      node.put("secret", encoded(codec.seal(uuid(webhook.id()), secret)));
    }
    return bytes(node);
  }

  private @Nullable Secret secret(JsonNode node) {
    String sealed = text(node, "secret");
    return sealed == null
        ? null
        : codec.open(uuid(node.path("id").asText()), Base64.getDecoder().decode(sealed));
  }

  private static UUID uuid(String webhookId) {
    return WebhookIds.idOf(webhookId);
  }

  private byte[] bytes(JsonNode node) {
    try {
      return json.writeValueAsBytes(node);
    } catch (IOException e) {
      throw new IllegalStateException("a JSON tree can always be written", e);
    }
  }

  private JsonNode parse(byte[] stored) {
    try {
      return json.readTree(stored);
    } catch (IOException e) {
      throw new IllegalStateException("the stored answer is not what this library writes", e);
    }
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() ? value.asText() : null;
  }

  private static @Nullable DeliveryError error(JsonNode node) {
    String code = text(node, "error");
    return code == null ? null : DeliveryError.ofCode(code);
  }

  private static @Nullable String text(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  private static @Nullable Integer integer(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isInt() ? (Integer) value.asInt() : null;
  }

  private static @Nullable Instant instant(JsonNode node, String field) {
    String value = text(node, field);
    return value == null ? null : Instant.parse(value);
  }
}
