package dev.webhooks.delivery;

/**
 * What is thought of a webhook's endpoint, from how its attempts go.
 *
 * @param trust whether it may be relied on to answer soon
 * @param allowed how many attempts may run at once
 */
record Standing(Trust trust, int allowed) {

  /** Whether an endpoint may be relied on to answer soon. */
  enum Trust {
    /** The last attempt was fast, and none is slow. */
    TRUSTED,
    /** No attempt has ended yet. */
    UNKNOWN,
    /** The last attempt was slow, or one that is under way is. */
    SUSPECT
  }
}
