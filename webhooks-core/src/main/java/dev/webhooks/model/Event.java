package dev.webhooks.model;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened, to be told to every webhook that subscribes to its type.
 *
 * <p>Immutable, as far as the given data is: do not change a map between building the event and
 * publishing it. Nothing is validated here; {@code publish} validates all of it.
 */
public final class Event {
  private final String type;
  private final Object data;
  private final boolean json;
  private final @Nullable String id;
  private final @Nullable Instant timestamp;

  private Event(
      String type, Object data, boolean json, @Nullable String id, @Nullable Instant timestamp) {
    this.type = Objects.requireNonNull(type, "type");
    this.data = Objects.requireNonNull(data, "data");
    this.json = json;
    this.id = id;
    this.timestamp = timestamp;
  }

  /**
   * Creates an event whose data is encoded by the configured {@code JsonCodec}.
   *
   * @param type an event type of the catalogue
   * @param data a map or an object that the codec turns into a JSON object
   */
  public static Event of(String type, Object data) {
    return new Event(type, data, false, null, null);
  }

  /**
   * Creates an event whose data is JSON text, embedded verbatim: numbers and key order stay as they
   * are.
   *
   * @param type an event type of the catalogue
   * @param json the text of a JSON object without duplicate keys, in which no string has half a
   *     surrogate pair
   */
  public static Event ofJson(String type, String json) {
    Objects.requireNonNull(json, "json");
    return new Event(type, json, true, null, null);
  }

  /**
   * Creates an event whose data is JSON in UTF-8, embedded verbatim: numbers and key order stay as
   * they are.
   *
   * @param type an event type of the catalogue
   * @param json the bytes of a JSON object without duplicate keys
   */
  public static Event ofJson(String type, byte[] json) {
    Objects.requireNonNull(json, "json");
    return new Event(type, json.clone(), true, null, null);
  }

  /**
   * Gives the event an id, which makes publishing it idempotent: the same content under the same id
   * is published once. Two contents are the same if type and data are and both were given the same
   * time {@link #at}, to the millisecond, or none.
   *
   * <p>Data counts as a JSON value: the order of keys, blanks and escapes make no difference, the
   * order of arrays and the way a number is written do. A {@code Set} becomes an array, whose order
   * may be another one in each JVM: give a list instead.
   *
   * @param id 1 to 64 characters from {@code A-Z a-z 0-9 _ -}, unique within the account
   */
  public Event withId(String id) {
    return new Event(type, data, json, Objects.requireNonNull(id, "id"), timestamp);
  }

  /**
   * Says when it happened; without it the time of publishing is used.
   *
   * @param timestamp the instant, sent with milliseconds
   */
  public Event at(Instant timestamp) {
    return new Event(type, data, json, id, Objects.requireNonNull(timestamp, "timestamp"));
  }

  /** Returns the event type. */
  public String type() {
    return type;
  }

  /**
   * Returns the data: JSON as it was given, a {@code String} or bytes, if {@link #isJson()}, else
   * an object for the codec.
   */
  public Object data() {
    return data;
  }

  /** Returns whether the data is JSON already. */
  public boolean isJson() {
    return json;
  }

  /** Returns the given id, or null if the library is to generate one. */
  public @Nullable String id() {
    return id;
  }

  /** Returns when it happened, or null for the time of publishing. */
  public @Nullable Instant timestamp() {
    return timestamp;
  }

  /** Returns a text without the data. */
  @Override
  public String toString() {
    return "Event[type=" + type + ", id=" + id + "]";
  }
}
