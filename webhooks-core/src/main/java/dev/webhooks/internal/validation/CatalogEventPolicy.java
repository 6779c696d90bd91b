package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventPattern;
import dev.webhooks.model.EventType;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.EventPolicy;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Takes what the catalogue has; its refusals list what that is. */
public final class CatalogEventPolicy implements EventPolicy {
  private static final int MAX_LISTED = 10;

  private final EventCatalog catalog;
  private final String known;

  public CatalogEventPolicy(EventCatalog catalog) {
    this.catalog = catalog;
    this.known = describe(catalog);
  }

  @Override
  public List<String> subscriptions(List<String> events) {
    Objects.requireNonNull(events, "events");
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
      throw invalid(
          "events names what is not in the catalogue: " + SafeText.quote(unknown) + known);
    }
    return List.copyOf(distinct);
  }

  @Override
  public EventType publishable(String name) {
    Objects.requireNonNull(name, "name");
    if (name.equals(EventCatalog.TEST_EVENT)) {
      throw invalid("event \"" + name + "\" is sent by the test operation and cannot be published");
    }
    return known(name);
  }

  @Override
  public EventType known(String name) {
    Objects.requireNonNull(name, "name");
    return catalog
        .find(name)
        .orElseThrow(() -> invalid("event " + SafeText.quote(name) + unknown(name) + known));
  }

  private static String unknown(String name) {
    return EventPattern.isWildcard(name)
        ? " is a pattern and no event type of the catalogue"
        : " is not in the catalogue";
  }

  /** Returns the end of a message: the first types that a host added, and how many follow. */
  private static String describe(EventCatalog catalog) {
    if (catalog.acceptsAny()) {
      return ", which takes every name of at most " + EventCatalog.MAX_NAME_LENGTH
          + " characters that is made of parts of A-Z a-z 0-9 _ - separated by single dots";
    }
    List<String> names = catalog.types().stream()
        .map(EventType::name)
        .filter(name -> !name.equals(EventCatalog.TEST_EVENT))
        .toList();
    String listed = names.stream()
        .limit(MAX_LISTED)
        .map(name -> '"' + name + '"')
        .collect(Collectors.joining(", "));
    int others = names.size() - MAX_LISTED;
    return "; it has " + listed + (others > 0 ? " and " + others + " more" : "");
  }

  private boolean isSubscribable(String event) {
    return event != null && catalog.isSubscribable(event);
  }

  private static WebhookException invalid(String message) {
    return new WebhookException(ErrorCode.INVALID_EVENTS, message);
  }
}
