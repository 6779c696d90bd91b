package dev.webhooks.model;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;

/**
 * A kind of event that can be published.
 *
 * @param name the name, parts separated by dots
 * @param description when it happens, in one sentence
 * @param requiredFields the fields that the payload must include
 */
public record EventType(String name, String description, Set<String> requiredFields) {
  /** Copies the set, so that the value cannot change; its order is kept. */
  public EventType {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(description, "description");
    Objects.requireNonNull(requiredFields, "requiredFields");
    requiredFields = Collections.unmodifiableSet(new LinkedHashSet<>(requiredFields));
  }
}
