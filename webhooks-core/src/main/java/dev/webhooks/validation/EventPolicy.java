package dev.webhooks.validation;

import dev.webhooks.model.EventType;
import java.util.List;

/**
 * The rule for events that can be subscribed to, published and searched for. In the library's rule
 * everything must be in the catalogue.
 *
 * <p>Implementations are thread-safe. Every refusal is a
 * {@link dev.webhooks.model.WebhookException} with {@code INVALID_EVENTS} that names what is wrong.
 */
public interface EventPolicy {
  /** The most different events and patterns that a webhook subscribes to. */
  int MAX_SUBSCRIPTIONS = 100;

  /**
   * Checks what a webhook subscribes to.
   *
   * @param events event types, {@code prefix.*} or {@code *}; at least one
   * @return the same without duplicates, in the order of their first occurrence; unmodifiable
   */
  List<String> subscriptions(List<String> events);

  /**
   * Returns the event type to publish under a name.
   *
   * @param name any text
   */
  EventType publishable(String name);

  /**
   * Returns the event type of a name by which lists are filtered.
   *
   * @param name any text; a wildcard is not an event type
   */
  EventType known(String name);
}
