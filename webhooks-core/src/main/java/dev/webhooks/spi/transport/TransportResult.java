package dev.webhooks.spi.transport;

import dev.webhooks.model.DeliveryError;
import org.jspecify.annotations.Nullable;

/**
 * The result of a request.
 *
 * @param status the HTTP status, or null if no answer came
 * @param error why the exchange failed, or null if a whole answer (or as much of it as is read)
 *     came
 * @param excerpt the beginning of the response body as it came, at most 16 KiB; empty if there was
 *     none
 * @param retryAfter the value of the {@code Retry-After} header, unparsed, or null
 */
public record TransportResult(
    @Nullable Integer status,
    @Nullable DeliveryError error,
    byte[] excerpt,
    @Nullable String retryAfter) {
  private static final byte[] NOTHING = {};

  /**
   * Returns the result of an exchange that was answered.
   *
   * @param status the HTTP status
   * @param excerpt the beginning of the body
   * @param retryAfter the value of {@code Retry-After}, or null
   */
  public static TransportResult answered(int status, byte[] excerpt, @Nullable String retryAfter) {
    DeliveryError error = status >= 200 && status <= 299 ? null : DeliveryError.HTTP_STATUS;
    return new TransportResult(status, error, excerpt, retryAfter);
  }

  /**
   * Returns the result of an exchange that failed.
   *
   * @param error why
   */
  public static TransportResult failed(DeliveryError error) {
    return new TransportResult(null, error, NOTHING, null);
  }

  /**
   * Returns the result of an exchange that failed after its status line had come.
   *
   * @param error why
   * @param status the HTTP status that came
   * @param excerpt what had been read of the body
   */
  public static TransportResult failed(DeliveryError error, int status, byte[] excerpt) {
    return new TransportResult(status, error, excerpt, null);
  }

  /**
   * Returns whether the endpoint accepted the request: a status from 200 to 299 within the time.
   */
  public boolean succeeded() {
    return error == null;
  }
}
