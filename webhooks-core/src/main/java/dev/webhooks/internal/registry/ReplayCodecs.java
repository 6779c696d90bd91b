package dev.webhooks.internal.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhooks.internal.json.ModelJson;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.Secret;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.Webhook;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The forms in which answers are stored to be replayed for idempotency keys: JSON, in which a
 * secret is encrypted like a stored one.
 */
final class ReplayCodecs {
  private static final ModelJson JSON = ModelJson.REPLAY;

  private final ConfigurationCodec codec;

  ReplayCodecs(ConfigurationCodec codec) {
    this.codec = codec;
  }

  /**
   * A form of an answer.
   *
   * @param <T> what an operation returns
   */
  record ReplayCodec<T>(Function<T, byte[]> write, Function<byte[], T> read) {
    private static <T> ReplayCodec<T> of(Class<T> type) {
      return new ReplayCodec<>(JSON::write, stored -> JSON.read(JSON.readTree(stored), type));
    }
  }

  ReplayCodec<CreatedWebhook> created() {
    return withSecret(
        CreatedWebhook::webhook, CreatedWebhook::generatedSecret, CreatedWebhook::new);
  }

  ReplayCodec<RotatedSecret> rotated() {
    return withSecret(RotatedSecret::webhook, RotatedSecret::generatedSecret, RotatedSecret::new);
  }

  static ReplayCodec<Webhook> changed() {
    return ReplayCodec.of(Webhook.class);
  }

  static ReplayCodec<Delivery> retried() {
    return ReplayCodec.of(Delivery.class);
  }

  static ReplayCodec<TestResult> tested() {
    return ReplayCodec.of(TestResult.class);
  }

  static ReplayCodec<Integer> count() {
    return ReplayCodec.of(Integer.class);
  }

  static ReplayCodec<Boolean> done() {
    return ReplayCodec.of(Boolean.class);
  }

  /**
   * Returns a stored answer with its secret encrypted under the present key; empty if it has none,
   * or if that is so already.
   *
   * @throws UndecryptableException if the secret cannot be decrypted
   */
  Optional<byte[]> renewed(byte[] stored) {
    JsonNode answer = JSON.readTree(stored);
    byte[] sealed = sealed(answer);
    return sealed == null
        ? Optional.empty()
        : codec
            .renewed(webhookId(answer), sealed)
            .map(renewed -> JSON.write(((ObjectNode) answer).put("secret", encoded(renewed))));
  }

  private <T> ReplayCodec<T> withSecret(
      Function<T, Webhook> webhook,
      Function<T, @Nullable Secret> generated,
      BiFunction<Webhook, @Nullable Secret, T> answer) {
    return new ReplayCodec<>(
        value -> write(webhook.apply(value), generated.apply(value)), stored -> {
          JsonNode node = JSON.readTree(stored);
          return answer.apply(JSON.read(node, Webhook.class), secret(node));
        });
  }

  private byte[] write(Webhook webhook, @Nullable Secret secret) {
    ObjectNode node = JSON.tree(webhook);
    if (secret != null) {
      node.put("secret", encoded(codec.seal(WebhookIds.idOf(webhook.id()), secret)));
    }
    return JSON.write(node);
  }

  private @Nullable Secret secret(JsonNode node) {
    byte[] sealed = sealed(node);
    return sealed == null ? null : codec.open(webhookId(node), sealed);
  }

  private static byte @Nullable [] sealed(JsonNode node) {
    JsonNode text = node.path("secret");
    return text.isTextual() ? Base64.getDecoder().decode(text.asText()) : null;
  }

  private static String encoded(byte[] sealed) {
    return Base64.getEncoder().encodeToString(sealed);
  }

  private static UUID webhookId(JsonNode node) {
    return WebhookIds.idOf(node.path("id").asText());
  }
}
