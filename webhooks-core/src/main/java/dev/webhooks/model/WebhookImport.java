package dev.webhooks.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Describes a webhook that another sender has served so far and that keeps its id and secret. Each
 * method returns a changed copy.
 *
 * <p>Immutable and thread-safe. Nothing is validated here; the import validates all of it.
 */
public final class WebhookImport {
  private final String id;
  private final WebhookDraft draft;
  private final @Nullable Instant createdAt;
  private final WebhookStatus status;

  private WebhookImport(
      String id, WebhookDraft draft, @Nullable Instant createdAt, WebhookStatus status) {
    this.id = id;
    this.draft = draft;
    this.createdAt = createdAt;
    this.status = status;
  }

  /**
   * Describes an active webhook.
   *
   * @param id the id by which its owner knows it: 1 to 64 characters from {@code A-Z a-z 0-9 _ -},
   *     unique over all accounts
   * @param draft URL, events, headers and name as for a new webhook, and the secret that its
   *     receiver knows
   */
  public static WebhookImport of(String id, WebhookDraft draft) {
    return new WebhookImport(
        Objects.requireNonNull(id, "id"),
        Objects.requireNonNull(draft, "draft"),
        null,
        WebhookStatus.ACTIVE);
  }

  /**
   * Says when it was created; without it the time of the import is used.
   *
   * @param createdAt from 1970 up to now, or null for the time of the import
   */
  public WebhookImport createdAt(@Nullable Instant createdAt) {
    return new WebhookImport(id, draft, createdAt, status);
  }

  /** Imports it paused: it collects deliveries and is sent them once it is set to active. */
  public WebhookImport paused() {
    return new WebhookImport(id, draft, createdAt, WebhookStatus.PAUSED);
  }

  /** Returns the id as given. */
  public String id() {
    return id;
  }

  /** Returns what the webhook is like. */
  public WebhookDraft draft() {
    return draft;
  }

  /** Returns when it was created, or null for the time of the import. */
  public @Nullable Instant createdAt() {
    return createdAt;
  }

  /** Returns the status that it is imported with. */
  public WebhookStatus status() {
    return status;
  }

  /** Returns a text without the secret, header values and URL. */
  @Override
  public String toString() {
    return "WebhookImport[" + id + ", " + status + ", " + draft + "]";
  }
}
