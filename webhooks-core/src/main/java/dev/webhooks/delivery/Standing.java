package dev.webhooks.delivery;

/**
 * The opinion of a webhook's endpoint, formed by how its attempts go.
 *
 * @param trust whether it may be relied on to answer soon
 * @param allowed how many attempts may run at once
 */
record Standing(Trust trust, int allowed) {

  /** The degrees to which an endpoint is relied on to answer soon. */
  enum Trust {
    /** The last attempt was fast, and none is slow. */
    TRUSTED,
    /** No attempt has ended yet. */
    UNKNOWN,
    /** The last attempt was slow, or one that is under way is. */
    SUSPECT
  }
}
