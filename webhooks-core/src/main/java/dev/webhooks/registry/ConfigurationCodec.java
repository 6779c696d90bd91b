package dev.webhooks.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.webhooks.model.Secret;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Writes secrets and custom headers in the form in which they are stored, and reads them back.
 * Thread-safe.
 */
public final class ConfigurationCodec {
  private static final TypeReference<LinkedHashMap<String, String>> HEADERS =
      new TypeReference<>() {};

  private final ObjectMapper json = new ObjectMapper();
  private final SecretCipher cipher;

  /**
   * Creates a codec.
   *
   * @param cipher encrypts what is stored
   */
  public ConfigurationCodec(SecretCipher cipher) {
    this.cipher = cipher;
  }

  /** Returns a secret as it is stored. */
  byte[] seal(UUID webhook, Secret secret) {
    return cipher.encrypt(webhook, secret.reveal().getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a stored secret. */
  Secret open(UUID webhook, byte[] sealed) {
    return Secret.of(new String(cipher.decrypt(webhook, sealed), StandardCharsets.UTF_8));
  }

  /**
   * Returns custom headers as they are stored: a JSON object, encrypted; nothing if there are none.
   */
  byte[] seal(UUID webhook, Map<String, String> headers) {
    if (headers.isEmpty()) {
      return new byte[0];
    }
    try {
      return cipher.encrypt(webhook, json.writeValueAsBytes(headers));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a map of texts can always be written as JSON", e);
    }
  }

  /**
   * Returns the custom headers of a webhook with their real values.
   *
   * @throws IllegalStateException if what is stored cannot be decrypted or read
   */
  public Map<String, String> headers(WebhookConfiguration configuration) {
    byte[] sealed = configuration.headers();
    if (sealed.length == 0) {
      return Map.of();
    }
    try {
      return json.readValue(cipher.decrypt(configuration.id(), sealed), HEADERS);
    } catch (IOException e) {
      throw new IllegalStateException(
          "the stored headers of webhook " + configuration.id() + " are unreadable");
    }
  }

  /**
   * Returns the secrets that sign at an instant, newest first: the present one, and the one before
   * while a rotation overlaps.
   *
   * @throws IllegalStateException if a secret cannot be decrypted
   */
  public List<Secret> signingSecrets(WebhookConfiguration configuration, Instant now) {
    List<Secret> secrets = new ArrayList<>(2);
    secrets.add(open(configuration.id(), configuration.secret()));
    byte[] old = configuration.oldSecret();
    Instant until = configuration.oldSecretUntil();
    if (old != null && until != null && now.isBefore(until)) {
      secrets.add(open(configuration.id(), old));
    }
    return secrets;
  }
}
