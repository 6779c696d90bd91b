package dev.webhooks.delivery;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events that one call publishes, all or none.
 *
 * @param account whose webhooks receive it
 * @param events validated, no id twice
 * @param now when it is published
 * @param traceContext in which context, or null
 */
record Publication(
    String account,
    List<PreparedEvent> events,
    Instant now,
    @Nullable String traceContext) {
  long bytes() {
    long bytes = 0;
    for (PreparedEvent event : events) {
      bytes += event.body().length;
    }
    return bytes;
  }
}
