package dev.webhooks.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of a webhook's delivery log, newest first.
 *
 * @param page the page's number; the first is 1
 * @param limit how many deliveries a page holds, 1 to 500
 * @param status only deliveries with this status, or null for all
 * @param event only deliveries of this event type, or null for all
 * @param from only deliveries created at or after this instant, or null
 * @param to only deliveries created before this instant, or null
 * @param after the cursor behind which the page begins, see {@link Page#next()}; or null to begin
 *     where the page's number says
 */
public record DeliveryQuery(
    int page,
    int limit,
    @Nullable DeliveryStatus status,
    @Nullable String event,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable String after) {
  /** The largest page. */
  public static final int MAX_LIMIT = 500;

  /** Returns a query for the latest 50 deliveries. */
  public static DeliveryQuery latest() {
    return new DeliveryQuery(1, 50, null, null, null, null, null);
  }

  /** Returns this query for another page. */
  public DeliveryQuery page(int page) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }

  /** Returns this query with another page size. */
  public DeliveryQuery limit(int limit) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }

  /** Returns this query for one status; null for all. */
  public DeliveryQuery status(@Nullable DeliveryStatus status) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }

  /** Returns this query for one event type; null for all. */
  public DeliveryQuery event(@Nullable String event) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }

  /** Returns this query for deliveries created at or after an instant; null for all. */
  public DeliveryQuery from(@Nullable Instant from) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }

  /** Returns this query for deliveries created before an instant; null for all. */
  public DeliveryQuery to(@Nullable Instant to) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }

  /**
   * Returns this query for the page that follows another one of the same list.
   *
   * @param after {@link Page#next()} of that page; the filters must be the same, the limit need
   *     not; null for the first page
   */
  public DeliveryQuery after(@Nullable String after) {
    return new DeliveryQuery(page, limit, status, event, from, to, after);
  }
}
