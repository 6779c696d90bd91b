package dev.webhooks.model;

import org.jspecify.annotations.Nullable;

/**
 * Says that the database could not be reached or did not answer in time.
 *
 * <p>If {@link #outcomeUnknown()} is false, nothing was stored. If it is true, the connection was
 * lost while a commit was under way, or the caller was interrupted while its event was being
 * stored: the work may or may not have been stored. A published event that was stored is found and
 * delivered once the database answers; repeating the publish with the same event id is safe.
 */
public final class StoreUnavailableException extends WebhookException {
  private static final long serialVersionUID = 1L;

  private final boolean outcomeUnknown;

  /**
   * Creates an exception.
   *
   * @param message what could not be done
   * @param outcomeUnknown whether the work may have been stored all the same
   * @param cause the fault that the database or its driver reported, or null
   */
  public StoreUnavailableException(
      String message, boolean outcomeUnknown, @Nullable Throwable cause) {
    super(ErrorCode.STORE_UNAVAILABLE, message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Returns true if the work may have been stored, false if it certainly was not. */
  public boolean outcomeUnknown() {
    return outcomeUnknown;
  }
}
