package dev.webhooks.store.jdbc;

import dev.webhooks.model.DeliveryStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The statuses in the tables. A retried delivery has failed for every reader. It has a status of
 * its own here, so that the deliveries that recovery looks for are one range of an index.
 */
enum StoredStatus {
  /** A row of the queue. */
  PENDING(DeliveryStatus.PENDING),
  SUCCESS(DeliveryStatus.SUCCESS),
  FAILED(DeliveryStatus.FAILED),
  RETRIED(DeliveryStatus.FAILED);

  /** The status for readers. */
  final DeliveryStatus meaning;

  final String literal = "'" + name().toLowerCase(Locale.ROOT) + "'";

  StoredStatus(DeliveryStatus meaning) {
    this.meaning = meaning;
  }

  /** Returns the stored statuses for a status; all of them for null. */
  static List<StoredStatus> of(@Nullable DeliveryStatus meaning) {
    return Stream.of(values())
        .filter(status -> meaning == null || status.meaning == meaning)
        .toList();
  }

  static StoredStatus ofColumn(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
