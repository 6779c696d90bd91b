package dev.webhooks.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param <T> what the list holds
 * @param data the entries of this page, in order
 * @param page the number of this page; the first is 1
 * @param limit how many entries a page holds at most
 * @param total how many entries there are in all, or null where counting them would be too slow
 * @param hasMore whether a further page has entries
 */
public record Page<T>(
    List<T> data, int page, int limit, @Nullable Long total, boolean hasMore) {
  /** Copies the list, so that the page cannot change. */
  public Page {
    data = List.copyOf(data);
  }
}
