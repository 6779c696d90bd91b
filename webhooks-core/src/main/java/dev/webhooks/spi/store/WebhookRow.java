package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as it is stored.
 *
 * @param configuration what sending needs
 * @param name a name for people, or null
 * @param events the event types and patterns it subscribes to, in the order given
 * @param createdAt when it was created
 * @param updatedAt when its configuration last changed
 */
public record WebhookRow(
    WebhookConfiguration configuration,
    @Nullable String name,
    List<String> events,
    Instant createdAt,
    Instant updatedAt) {
  /** Copies the list, so that the row cannot change. */
  public WebhookRow {
    events = List.copyOf(events);
  }

  /** Returns the account that owns the webhook. */
  public String account() {
    return configuration.account();
  }

  /** Returns the number that the hot tables use. */
  public long number() {
    return configuration.number();
  }
}
