package dev.webhooks.spi.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A section of a delivery log, of those deliveries that a query's filters let through.
 *
 * @param after only deliveries behind this id, that is with a smaller one, or null for all. The
 *     delivery need not exist any more
 * @param offset how many to skip
 * @param limit how many to return at most
 */
public record LogSection(@Nullable UUID after, int offset, int limit) {}
