package dev.webhooks.store.jdbc;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The finished deliveries of one webhook and status, and perhaps of one event type, whose ids lie
 * in a range: what one of the log's two indexes leads to.
 *
 * @param webhook the webhook's number
 * @param type the event type, or null for all
 * @param status the status
 * @param from the first id
 * @param to the id behind the last one
 */
record KeyRange(long webhook, @Nullable Key type, StoredStatus status, UUID from, UUID to) {
  /** Returns the index whose columns are those of the range, in their order. */
  String index() {
    return type == null ? "{delivery}_status" : "{delivery}_type";
  }

  /** Returns how a query is ordered that reads the index backwards. */
  String newestFirst() {
    return " order by webhook desc, " + (type == null ? "" : "type desc, ")
        + "status desc, id desc";
  }
}
