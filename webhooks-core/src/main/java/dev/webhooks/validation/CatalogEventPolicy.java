package dev.webhooks.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventType;
import dev.webhooks.model.WebhookException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Takes what the catalogue has. */
final class CatalogEventPolicy implements EventPolicy {
  private final EventCatalog catalog;

  CatalogEventPolicy(EventCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public List<String> subscriptions(List<String> events) {
    Set<String> distinct = new LinkedHashSet<>(events);
    if (distinct.isEmpty()) {
      throw invalid("events must name at least one event");
    }
    if (distinct.size() > MAX_SUBSCRIPTIONS) {
      throw invalid("events must name at most " + MAX_SUBSCRIPTIONS + " events");
    }
    List<String> unknown = distinct.stream()
        .filter(event -> !isSubscribable(event))
        .map(String::valueOf)
        .toList();
    if (!unknown.isEmpty()) {
      throw invalid("events names what is not supported: " + SafeText.quote(unknown));
    }
    return List.copyOf(distinct);
  }

  @Override
  public EventType publishable(String name) {
    if (name.equals(EventCatalog.TEST_EVENT)) {
      throw invalid("event \"" + name + "\" is sent by the test operation and cannot be published");
    }
    return known(name);
  }

  @Override
  public EventType known(String name) {
    return catalog
        .find(name)
        .orElseThrow(() -> invalid("event " + SafeText.quote(name) + " is not supported"));
  }

  private boolean isSubscribable(String event) {
    return event != null && catalog.isSubscribable(event);
  }

  private static WebhookException invalid(String message) {
    return new WebhookException(ErrorCode.INVALID_EVENTS, message);
  }
}
