package dev.webhooks.internal.engine.publish;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Publications to be stored in one transaction: as many as it carries well, and no event id of an
 * account twice, since the second has to find the first in the store. Not thread-safe.
 */
final class PublicationGroup {
  private static final int MAX_EVENTS = 128;
  /** The most bytes that one statement carries. */
  private static final long MAX_BYTES = 1 << 20;

  private final List<Publication> publications = new ArrayList<>();
  private final Set<Name> names = new HashSet<>();
  private long bytes;

  /** An event's id, which counts within its account. */
  private record Name(String account, String eventId) {}

  /** Returns whether a publication fills a transaction by itself. */
  static boolean isFilledBy(Publication publication) {
    return publication.events().size() >= MAX_EVENTS || publication.bytes() >= MAX_BYTES;
  }

  /** Admits a publication if it fits and its ids are new; always admits the first one. */
  boolean admit(Publication publication) {
    List<Name> more = publication.events().stream()
        .map(event -> new Name(publication.account(), Publication.eventId(event)))
        .toList();
    boolean fits = publications.isEmpty()
        || (names.size() + more.size() <= MAX_EVENTS
            && bytes + publication.bytes() <= MAX_BYTES
            && more.stream().noneMatch(names::contains));
    if (fits) {
      publications.add(publication);
      names.addAll(more);
      bytes += publication.bytes();
    }
    return fits;
  }

  /** Returns the admitted publications, in that order. */
  List<Publication> publications() {
    return List.copyOf(publications);
  }
}
