package dev.webhooks.delivery;

import java.time.Instant;
import java.util.List;

/**
 * What one call publishes, all or none.
 *
 * @param account whose webhooks receive it
 * @param events validated, no id twice
 * @param now when it is published
 */
record Publication(String account, List<PreparedEvent> events, Instant now) {
  long bytes() {
    long bytes = 0;
    for (PreparedEvent event : events) {
      bytes += event.body().length;
    }
    return bytes;
  }
}
