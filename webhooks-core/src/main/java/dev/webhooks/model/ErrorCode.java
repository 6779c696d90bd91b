package dev.webhooks.model;

/**
 * Names every way a request to the library can be refused; the same names travel in the management
 * API.
 *
 * <p>The names are stable: they are part of the contract and never change meaning between versions.
 */
public enum ErrorCode {
  /** The caller is not authenticated. */
  UNAUTHORIZED(401),
  /** The webhook does not exist, or belongs to another account. */
  WEBHOOK_NOT_FOUND(404),
  /** The delivery does not exist, or belongs to another webhook. */
  DELIVERY_NOT_FOUND(404),
  /** The URL is malformed, not HTTPS, does not resolve or is not public. */
  INVALID_URL(400),
  /** An event type is missing, unknown or not publishable. */
  INVALID_EVENTS(400),
  /**
   * The secret has fewer than 16 characters, or fewer than 24 decoded bytes after {@code whsec_}.
   */
  SECRET_TOO_SHORT(400),
  /** More than 10 custom headers. */
  TOO_MANY_HEADERS(400),
  /**
   * The idempotency key, event id or imported webhook's id was used for another request, or its
   * request is still running.
   */
  DUPLICATE_IDEMPOTENCY_KEY(409),
  /** The account has as many webhooks as it may have. */
  WEBHOOK_LIMIT_EXCEEDED(403),
  /** The delivery has been retried before. */
  DELIVERY_ALREADY_RETRIED(409),
  /** A parameter is missing, malformed or out of range; the message names it. */
  INVALID_REQUEST(400),
  /** A custom header's name or value is not allowed. */
  INVALID_HEADER(400),
  /** Only a delivery that has failed, or that waits for its next attempt, can be retried. */
  DELIVERY_NOT_FAILED(409),
  /** The payload is larger than the configured limit. */
  PAYLOAD_TOO_LARGE(413),
  /**
   * The database cannot be reached; {@link StoreUnavailableException} says whether the outcome is
   * unknown.
   */
  STORE_UNAVAILABLE(503);

  private final int httpStatus;

  ErrorCode(int httpStatus) {
    this.httpStatus = httpStatus;
  }

  /** Returns the HTTP status that stands for this code in the management API. */
  public int httpStatus() {
    return httpStatus;
  }
}
