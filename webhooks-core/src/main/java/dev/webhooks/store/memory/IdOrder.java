package dev.webhooks.store.memory;

import java.util.Comparator;
import java.util.UUID;

/** The order of ids in a database, which is that of their text. Java's own takes them as signed. */
final class IdOrder {
  static final Comparator<UUID> OLDEST_FIRST = (one, other) -> {
    int high =
        Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
    return high == 0
        ? Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits())
        : high;
  };

  private IdOrder() {}
}
