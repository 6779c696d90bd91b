package dev.webhooks.store.jdbc;

import dev.webhooks.model.DeliveryStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The statuses that the tables tell apart. A failed delivery that has been retried is failed to
 * everybody, but stands apart from those that recovery looks for, so that they are a range of an
 * index however many have been retried.
 */
enum StoredStatus {
  /** A row of the queue. */
  PENDING(DeliveryStatus.PENDING),
  SUCCESS(DeliveryStatus.SUCCESS),
  FAILED(DeliveryStatus.FAILED),
  RETRIED(DeliveryStatus.FAILED);

  /** The status that everybody sees. */
  final DeliveryStatus meaning;

  /** The literal in SQL. */
  final String literal = "'" + name().toLowerCase(Locale.ROOT) + "'";

  StoredStatus(DeliveryStatus meaning) {
    this.meaning = meaning;
  }

  /** Returns those with a meaning, or all. */
  static List<StoredStatus> of(@Nullable DeliveryStatus meaning) {
    return Stream.of(values())
        .filter(status -> meaning == null || status.meaning == meaning)
        .toList();
  }

  /** Reads a column. */
  static StoredStatus ofColumn(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
