package dev.webhooks.model;

import org.jspecify.annotations.Nullable;

/**
 * Asks for a page of webhooks, newest first.
 *
 * @param page the page's number; the first is 1
 * @param limit how many webhooks a page holds, 1 to 100
 * @param status only webhooks with this status, or null for all
 * @param event only webhooks that would receive this event type, or null for all
 * @param after the cursor behind which the page begins, see {@link Page#next()}; or null to begin
 *     where the page's number says
 */
public record WebhookQuery(
    int page,
    int limit,
    @Nullable WebhookStatus status,
    @Nullable String event,
    @Nullable String after) {
  /** The largest page. */
  public static final int MAX_LIMIT = 100;

  /** Returns a query for the first 20 webhooks of any status. */
  public static WebhookQuery all() {
    return new WebhookQuery(1, 20, null, null, null);
  }

  /** Returns this query for another page. */
  public WebhookQuery page(int page) {
    return new WebhookQuery(page, limit, status, event, after);
  }

  /** Returns this query with another page size. */
  public WebhookQuery limit(int limit) {
    return new WebhookQuery(page, limit, status, event, after);
  }

  /** Returns this query for one status; null for all. */
  public WebhookQuery status(@Nullable WebhookStatus status) {
    return new WebhookQuery(page, limit, status, event, after);
  }

  /** Returns this query for the webhooks that would receive an event type. */
  public WebhookQuery event(@Nullable String event) {
    return new WebhookQuery(page, limit, status, event, after);
  }

  /**
   * Returns this query for the page that follows another one of the same list.
   *
   * @param after {@link Page#next()} of that page; the filters must be the same, the limit need
   *     not; null for the first page
   */
  public WebhookQuery after(@Nullable String after) {
    return new WebhookQuery(page, limit, status, event, after);
  }
}
