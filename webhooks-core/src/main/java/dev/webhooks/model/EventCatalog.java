package dev.webhooks.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The event types that can be published and subscribed to. A host chooses one of three: types of
 * its own by {@link #builder()}, those of data sets and data sources by {@link #builtIn()}, or
 * every type by {@link #acceptingAny()}.
 *
 * <p>{@link #TEST_EVENT} is part of every catalogue: it can be subscribed to and never published.
 * Immutable and thread-safe; the builder is not.
 */
public final class EventCatalog {
  /** The event that the test operation sends. */
  public static final String TEST_EVENT = "webhook.test";

  /** The most characters that the name of an event type has. */
  public static final int MAX_NAME_LENGTH = 128;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*");
  private static final EventType TEST =
      new EventType(TEST_EVENT, "the test operation", Set.of("testPayload"));
  private static final EventCatalog BUILT_IN = describeBuiltIn();
  private static final EventCatalog ACCEPTING_ANY =
      new EventCatalog(new LinkedHashMap<>(Map.of(TEST_EVENT, TEST)), true);

  private final Map<String, EventType> types;
  private final Set<String> groups;
  private final boolean anyName;

  private EventCatalog(Map<String, EventType> types, boolean anyName) {
    this.types = Collections.unmodifiableMap(types);
    this.groups = groupsOf(types.keySet());
    this.anyName = anyName;
  }

  /** Returns the catalogue of hosts that work on data: events of data sets and data sources. */
  public static EventCatalog builtIn() {
    return BUILT_IN;
  }

  /**
   * Returns the catalogue that takes every well-formed name for an event type without required
   * fields. A misspelt event passes, and customers are offered no types to choose from.
   */
  public static EventCatalog acceptingAny() {
    return ACCEPTING_ANY;
  }

  /** Starts a catalogue that has only {@link #TEST_EVENT}. */
  public static Builder builder() {
    return new Builder();
  }

  /** Starts a catalogue that has every event type of this one. */
  public Builder toBuilder() {
    return builder().include(this);
  }

  /**
   * Returns whether a text can name an event type: parts of {@code A-Z a-z 0-9 _ -} separated by
   * single dots, at most {@value #MAX_NAME_LENGTH} characters.
   *
   * @param name any text
   */
  public static boolean isWellFormed(String name) {
    Objects.requireNonNull(name, "name");
    return name.length() <= MAX_NAME_LENGTH && NAME.matcher(name).matches();
  }

  /**
   * Looks an event type up.
   *
   * @param name any text
   * @return the type, or empty if the catalogue does not have it
   */
  public Optional<EventType> find(String name) {
    Objects.requireNonNull(name, "name");
    EventType type = types.get(name);
    if (type == null && anyName && isWellFormed(name)) {
      return Optional.of(new EventType(name, "any event", Set.of()));
    }
    return Optional.ofNullable(type);
  }

  /** Returns whether every well-formed name is an event type, beside those it describes. */
  public boolean acceptsAny() {
    return anyName;
  }

  /** Returns the event types in the order they were added, {@link #TEST_EVENT} last. */
  public Collection<EventType> types() {
    return types.values();
  }

  /**
   * Returns whether events of a type can be published: the catalogue has it, and it is not
   * {@link #TEST_EVENT}.
   *
   * @param name any text
   */
  public boolean isPublishable(String name) {
    Objects.requireNonNull(name, "name");
    return !name.equals(TEST_EVENT) && find(name).isPresent();
  }

  /**
   * Returns whether a webhook can subscribe to a pattern: an event type of the catalogue,
   * {@code prefix.*} if at least one type has that prefix, or {@code *}.
   *
   * @param pattern any text
   */
  public boolean isSubscribable(String pattern) {
    Objects.requireNonNull(pattern, "pattern");
    if (!EventPattern.isWildcard(pattern)) {
      return find(pattern).isPresent();
    }
    return pattern.equals(EventPattern.ALL)
        || groups.contains(pattern)
        || (anyName && isWellFormed(pattern.substring(0, pattern.length() - 2)));
  }

  /** Returns the names of the event types. */
  @Override
  public String toString() {
    return "EventCatalog" + types.keySet() + (anyName ? " and any other" : "");
  }

  private static Set<String> groupsOf(Collection<String> names) {
    Set<String> groups = new HashSet<>();
    for (String name : names) {
      EventPattern.matching(name).stream().filter(EventPattern::isWildcard).forEach(groups::add);
    }
    return groups;
  }

  private static EventCatalog describeBuiltIn() {
    return builder()
        .event("dataset.created", "a dataset was created", "datasetId", "name", "type")
        .event("dataset.task.started", "a task on a dataset started", "taskId", "type", "datasetId")
        .event("dataset.task.completed", "a task completed", "taskId", "results", "duration")
        .event("dataset.task.failed", "a task failed", "taskId", "error", "details")
        .event(
            "dataset.updated", "metadata or structure of a dataset changed", "datasetId", "changes")
        .event("datasource.uploaded", "a data source was uploaded", "datasourceId", "fileName")
        .event(
            "datasource.processed", "processing of a data source ended", "datasourceId", "status")
        .build();
  }

  /** Collects event types; not thread-safe. */
  public static final class Builder {
    private final Map<String, EventType> types = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();
    private boolean anyName;

    private Builder() {}

    /**
     * Adds an event type.
     *
     * @param name parts of {@code A-Z a-z 0-9 _ -} separated by single dots, at most
     *     {@value EventCatalog#MAX_NAME_LENGTH} characters
     * @param description when it happens, in one sentence
     * @param requiredFields the fields that the payload must include
     */
    public Builder event(String name, String description, String... requiredFields) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(description, "description");
      Objects.requireNonNull(requiredFields, "requiredFields");
      checkName(name);
      checkFields(name, requiredFields);
      if (hasHalf(description)) {
        problems.add("event \"" + name + "\" has half a surrogate pair in its description");
      }
      return add(new EventType(name, description, new LinkedHashSet<>(List.of(requiredFields))));
    }

    /**
     * Adds every event type of another catalogue, and takes any name if that one does.
     *
     * @param other a catalogue
     */
    public Builder include(EventCatalog other) {
      Objects.requireNonNull(other, "other");
      anyName |= other.anyName;
      other.types.values().stream().filter(type -> !type.equals(TEST)).forEach(this::add);
      return this;
    }

    /**
     * Builds the catalogue.
     *
     * @throws IllegalArgumentException if there is no event, a name is malformed or defined in two
     *     different ways, or a required field is blank or named twice; lists every such problem
     */
    public EventCatalog build() {
      List<String> found = new ArrayList<>(problems);
      if (types.isEmpty() && !anyName && found.isEmpty()) {
        found.add("it has no event");
      }
      if (!found.isEmpty()) {
        throw new IllegalArgumentException(
            "cannot build the event catalogue: " + String.join("; ", found));
      }
      Map<String, EventType> all = new LinkedHashMap<>(types);
      all.put(TEST_EVENT, TEST);
      return new EventCatalog(all, anyName);
    }

    private Builder add(EventType type) {
      EventType known = types.putIfAbsent(type.name(), type);
      if (known != null && !known.equals(type)) {
        problems.add("event \"" + type.name() + "\" is defined twice");
      }
      return this;
    }

    private void checkName(String name) {
      if (name.equals(TEST_EVENT)) {
        problems.add("event \"" + TEST_EVENT + "\" is part of every catalogue");
      } else if (!isWellFormed(name)) {
        problems.add("event \"" + name + "\" is not made of parts of A-Z a-z 0-9 _ - separated by"
            + " single dots, at most " + MAX_NAME_LENGTH + " characters");
      }
    }

    private static boolean hasHalf(String text) {
      return text.codePoints()
          .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    private void checkFields(String name, String... fields) {
      Set<String> seen = new HashSet<>();
      for (String field : fields) {
        Objects.requireNonNull(field, "requiredFields");
        if (field.isBlank()) {
          problems.add("event \"" + name + "\" requires a field without a name");
        } else if (hasHalf(field)) {
          problems.add(
              "event \"" + name + "\" requires a field with half a surrogate pair in its name");
        } else if (!seen.add(field)) {
          problems.add("event \"" + name + "\" requires field \"" + field + "\" twice");
        }
      }
    }
  }
}
