package dev.webhooks.store.jdbc;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A range of finished deliveries of one webhook and status, and perhaps one event type. One of the
 * log's two indexes leads to it.
 *
 * @param webhook the webhook's number
 * @param type the event type, or null for all
 * @param status the status
 * @param from the first id
 * @param to the id after the last one
 */
record KeyRange(long webhook, @Nullable Key type, StoredStatus status, UUID from, UUID to) {
  /** Returns the index with the columns of the range. */
  String index() {
    return type == null ? "{delivery}_status" : "{delivery}_type";
  }

  /** Returns the order that reads the index backwards. */
  String newestFirst() {
    return " order by webhook desc, " + (type == null ? "" : "type desc, ")
        + "status desc, id desc";
  }
}
