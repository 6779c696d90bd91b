package dev.webhooks.model;

import java.util.Locale;
import java.util.Objects;

/**
 * Classifies why an attempt failed or a delivery was given up.
 *
 * <p>The codes are stable. They are coarse on purpose: they tell the owner of an endpoint what to
 * mend without telling anybody what listens inside the host's network.
 */
public enum DeliveryError {
  /** The name could not be resolved within its time. */
  DNS,
  /** The name resolved to, or the URL names, an address that may not be called. */
  BLOCKED_ADDRESS,
  /** No connection could be made. */
  CONNECT,
  /** The TLS handshake failed, or the certificate is not trusted for the name. */
  TLS,
  /** The whole exchange did not end within its time. */
  TIMEOUT,
  /** The connection was closed or reset before the answer was complete. */
  RESET,
  /** The answer is not valid HTTP, or exceeds the client's bounds. */
  PROTOCOL,
  /** The endpoint answered with a status outside 200 to 299. */
  HTTP_STATUS,
  /**
   * The request could not be built from what is stored, for example because a custom header is not
   * allowed any more.
   */
  UNSENDABLE,
  /** The webhook's secret or headers cannot be decrypted with the keys that the host has given. */
  UNDECRYPTABLE,
  /** The transport or the engine failed in an unforeseen way. */
  INTERNAL,
  /** The delivery was still pending when its time was over. */
  EXPIRED,
  /** The webhook was in status failed. */
  WEBHOOK_FAILED,
  /** The delivery was taken over from dead instances too often. */
  LOST,
  /** The process that ran a test request stopped before the answer. */
  INTERRUPTED;

  private final String code = name().toLowerCase(Locale.ROOT);

  /** Returns the code in lower case, as the delivery log and the management API show it. */
  public String code() {
    return code;
  }

  /**
   * Returns the error with the given code.
   *
   * @param code a code as returned by {@link #code()}
   * @throws IllegalArgumentException if there is no such error
   */
  public static DeliveryError ofCode(String code) {
    Objects.requireNonNull(code, "code");
    return valueOf(code.toUpperCase(Locale.ROOT));
  }
}
