package dev.webhooks.testing;

import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** Builds the row of a webhook: active, of account acme, subscribed to everything. */
final class WebhookSample {
  private final UUID id;
  private final Instant createdAt;
  private String account = "acme";
  private String name = "Orders";
  private String givenId;
  private String url = "https://hooks.acme.example/in";
  private List<String> events = List.of("*");
  private byte[] headers = "X-Api-Key: k".getBytes(StandardCharsets.UTF_8);
  private byte[] secret = "whsec_secret".getBytes(StandardCharsets.UTF_8);
  private byte[] oldSecret;
  private Instant oldSecretUntil;
  private WebhookStatus status = WebhookStatus.ACTIVE;

  WebhookSample(UUID id, Instant createdAt) {
    this.id = id;
    this.createdAt = createdAt;
  }

  WebhookSample account(String account) {
    this.account = account;
    return this;
  }

  WebhookSample name(String name) {
    this.name = name;
    return this;
  }

  WebhookSample givenId(String givenId) {
    this.givenId = givenId;
    return this;
  }

  WebhookSample url(String url) {
    this.url = url;
    return this;
  }

  WebhookSample events(String... events) {
    this.events = List.of(events);
    return this;
  }

  WebhookSample headers(byte[] headers) {
    this.headers = headers;
    return this;
  }

  WebhookSample secret(byte[] secret) {
    this.secret = secret;
    return this;
  }

  WebhookSample oldSecret(byte[] oldSecret, Instant until) {
    this.oldSecret = oldSecret;
    this.oldSecretUntil = until;
    return this;
  }

  WebhookSample status(WebhookStatus status) {
    this.status = status;
    return this;
  }

  /** Returns a row not stored yet. */
  WebhookRow row() {
    return row(0, 1, createdAt);
  }

  /** Returns the values of this sample for a row that is stored already. */
  WebhookRow replacing(WebhookRow stored, Instant updatedAt) {
    WebhookConfiguration old = stored.configuration();
    return new WebhookRow(
        configuration(old.number(), old.id(), old.version()),
        name,
        events,
        stored.createdAt(),
        updatedAt);
  }

  private WebhookRow row(long number, int version, Instant updatedAt) {
    return new WebhookRow(configuration(number, id, version), name, events, createdAt, updatedAt);
  }

  private WebhookConfiguration configuration(long number, UUID id, int version) {
    return WebhookConfiguration.of(id, account)
        .number(number)
        .givenId(givenId)
        .url(url)
        .headers(headers)
        .secret(secret)
        .oldSecret(oldSecret, oldSecretUntil)
        .status(status)
        .version(version)
        .build();
  }
}
