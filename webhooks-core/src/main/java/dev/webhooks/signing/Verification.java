package dev.webhooks.signing;

/**
 * The result of verifying a message: accepted, or why not.
 *
 * <p>The reasons are for the receiver's own log. Answer a rejected message the same way whatever
 * the reason is.
 */
public enum Verification {
  /** One of the secrets signed these bytes, at a time near enough to now. */
  ACCEPTED,
  /** A header that the scheme needs is absent. */
  MISSING_HEADER,
  /** A header is not in the scheme's format. */
  MALFORMED_HEADER,
  /** The message was signed too long ago, or too far in the future. */
  TIMESTAMP_OUT_OF_TOLERANCE,
  /** No signature is one that the secrets give for these bytes. */
  NO_MATCH;

  /** Returns whether the message may be trusted. */
  public boolean isAccepted() {
    return this == ACCEPTED;
  }
}
