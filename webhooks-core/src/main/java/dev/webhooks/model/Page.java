package dev.webhooks.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param <T> what the list holds
 * @param data the entries of this page, in order
 * @param page the number of this page, the first being 1; null for a page behind a cursor
 * @param limit how many entries a page holds at most
 * @param total how many entries there are in all, or null where counting them would be too slow
 * @param hasMore whether a further page has entries
 * @param next the cursor behind which the next page begins, for {@code after} of a query; null if
 *     there is none. It is an opaque text, stays valid, and stands for a place in the order: what
 *     is added or removed meanwhile moves nothing
 */
public record Page<T>(
    List<T> data,
    @Nullable Integer page,
    int limit,
    @Nullable Long total,
    boolean hasMore,
    @Nullable String next) {
  /** Copies the list, so that the page cannot change. */
  public Page {
    data = Copies.of(data, "data");
  }
}
