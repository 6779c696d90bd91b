package dev.webhooks.testing.canary;

import dev.webhooks.management.ApiResponse;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything that was returned, thrown, answered or handed over, as text. It is searched at the
 * end, since a secret may be seen before the test knows it. Thread-safe.
 */
public final class Sightings {
  private final Map<String, String> places = new LinkedHashMap<>();

  /** Notes a value by what it says of itself. */
  public void value(String place, Object value) {
    if (value instanceof Collection<?> values) {
      values.forEach(each -> value(place, each));
    }
    text(place + " as text", String.valueOf(value));
  }

  /** Notes all that an exception says: messages, causes, suppressed ones and stack. */
  public void thrown(String place, Throwable fault) {
    StringWriter stack = new StringWriter();
    fault.printStackTrace(new PrintWriter(stack, true));
    text(place + " threw", stack.toString());
  }

  /**
   * Notes an answer.
   *
   * @param shown the secret that it may show, or the empty text
   */
  public void answer(String place, ApiResponse answer, String shown) {
    value(place, answer);
    String text = answer.headers() + answer.text();
    text(place + " answered", shown.isEmpty() ? text : text.replace('"' + shown + '"', ""));
  }

  /** Notes a text. */
  public synchronized void text(String place, String text) {
    places.putIfAbsent(text, place);
  }

  /** Returns each place at which a canary is seen, and which. */
  public synchronized List<String> of(Canaries canaries) {
    List<String> found = new ArrayList<>();
    places.forEach((text, place) ->
        canaries.in(text).forEach(name -> found.add(place + ", which shows the " + name)));
    return found;
  }

  /** Returns where a text occurs. */
  public synchronized List<String> of(String part) {
    List<String> found = new ArrayList<>();
    places.forEach((text, place) -> {
      if (text.contains(part)) {
        found.add(place);
      }
    });
    return found;
  }
}
