package dev.webhooks.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says that a request was refused, with a stable {@link ErrorCode} and a message fit for the host's
 * customer.
 *
 * <p>When it is thrown, nothing was stored. Messages never hold a secret, a sensitive header value,
 * a payload or a resolved address.
 */
public class WebhookException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  /**
   * Creates an exception without a cause.
   *
   * @param code why the request was refused
   * @param message what to change, in one sentence
   */
  public WebhookException(ErrorCode code, String message) {
    this(code, message, null);
  }

  /**
   * Creates an exception.
   *
   * @param code why the request was refused
   * @param message what to change, in one sentence
   * @param cause what led to it, or null
   */
  public WebhookException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
    this.code = Objects.requireNonNull(code, "code");
  }

  /** Returns why the request was refused. */
  public ErrorCode code() {
    return code;
  }
}
