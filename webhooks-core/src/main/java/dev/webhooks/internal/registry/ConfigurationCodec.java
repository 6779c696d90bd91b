package dev.webhooks.internal.registry;

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
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

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

  /** Returns whether what is stored is not encrypted. */
  boolean storesPlainText() {
    return cipher.equals(SecretCipher.none());
  }

  /**
   * Makes sure that nothing encrypted is replaced by plain text, as an instance would that has lost
   * its key.
   *
   * @throws UndecryptableException if that would happen
   */
  void requireNoPlainTextOver(WebhookConfiguration configuration) {
    if (storesPlainText()) {
      decrypt(configuration.id(), configuration.secret());
      decrypt(configuration.id(), configuration.headers());
    }
  }

  /** Returns a secret as it is stored. */
  byte[] seal(UUID webhook, Secret secret) {
    return cipher.encrypt(webhook, secret.reveal().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Returns a stored secret.
   *
   * @throws UndecryptableException if it cannot be decrypted
   */
  Secret open(UUID webhook, byte[] sealed) {
    return Secret.of(new String(decrypt(webhook, sealed), StandardCharsets.UTF_8));
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
   * @throws UndecryptableException if what is stored cannot be decrypted or read
   */
  public Map<String, String> headers(WebhookConfiguration configuration) {
    byte[] sealed = configuration.headers();
    if (sealed.length == 0) {
      return Map.of();
    }
    byte[] plain = decrypt(configuration.id(), sealed);
    try {
      return json.readValue(plain, HEADERS);
    } catch (IOException e) {
      // Without the cause, which quotes what was read.
      throw new UndecryptableException(
          "the stored headers of webhook " + configuration.id() + " are unreadable");
    }
  }

  /** Returns the custom headers of a webhook, or none if they cannot be decrypted. */
  Map<String, String> readableHeaders(WebhookConfiguration configuration) {
    try {
      return headers(configuration);
    } catch (UndecryptableException e) {
      return Map.of();
    }
  }

  /**
   * Returns the secrets that sign at an instant, newest first: the present one, and the one before
   * while a rotation overlaps.
   *
   * @param undecryptable is told if the one before cannot be decrypted, which then does not sign
   * @throws UndecryptableException if the present secret cannot be decrypted
   */
  public List<Secret> signingSecrets(
      WebhookConfiguration configuration,
      Instant now,
      Consumer<UndecryptableException> undecryptable) {
    List<Secret> secrets = new ArrayList<>(2);
    secrets.add(open(configuration.id(), configuration.secret()));
    byte[] old = configuration.oldSecret();
    Instant until = configuration.oldSecretUntil();
    if (old != null && until != null && now.isBefore(until)) {
      try {
        secrets.add(open(configuration.id(), old));
      } catch (UndecryptableException e) {
        undecryptable.accept(e);
      }
    }
    return secrets;
  }

  // ---- encrypting anew

  /**
   * Returns a configuration with all of it encrypted under the present key, and without an old
   * secret whose time was over at an instant; empty if it is so already.
   *
   * @throws UndecryptableException if a part that is to be encrypted anew cannot be decrypted
   */
  Optional<WebhookConfiguration> renewed(WebhookConfiguration configuration, Instant longAgo) {
    UUID id = configuration.id();
    byte[] old = configuration.oldSecret();
    Instant until = configuration.oldSecretUntil();
    boolean dropsOld = old != null && (until == null || !until.isAfter(longAgo));
    byte[] keptOld = dropsOld ? null : old;
    Optional<byte[]> headers = renewed(id, configuration.headers());
    Optional<byte[]> secret = renewed(id, configuration.secret());
    Optional<byte[]> renewedOld = keptOld == null ? Optional.empty() : renewed(id, keptOld);
    if (!dropsOld && headers.isEmpty() && secret.isEmpty() && renewedOld.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(configuration
        .change()
        .headers(headers.orElse(configuration.headers()))
        .secret(secret.orElse(configuration.secret()))
        .oldSecret(renewedOld.orElse(keptOld), dropsOld ? null : until)
        .build());
  }

  /**
   * Returns something encrypted under the present key; empty if it is so already.
   *
   * @throws UndecryptableException if it cannot be decrypted
   */
  Optional<byte[]> renewed(UUID webhook, byte[] sealed) {
    boolean current = sealed.length == 0 || cipher.isCurrent(sealed);
    return current
        ? Optional.empty()
        : Optional.of(cipher.encrypt(webhook, decrypt(webhook, sealed)));
  }

  private byte[] decrypt(UUID webhook, byte[] sealed) {
    try {
      return cipher.decrypt(webhook, sealed);
    } catch (IllegalStateException e) {
      throw new UndecryptableException(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      // A cipher of the host's own: what it says may quote what it was given.
      throw new UndecryptableException("what is stored for webhook " + webhook
          + " made the secretCipher fail with " + e.getClass().getName());
    }
  }
}
