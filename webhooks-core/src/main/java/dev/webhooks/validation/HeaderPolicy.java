package dev.webhooks.validation;

import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Decides which custom headers webhooks may have. Implementations are thread-safe. */
@FunctionalInterface
public interface HeaderPolicy {
  /** The most custom headers that a webhook has; names are compared without case. */
  int MAX_HEADERS = 10;

  /** The most characters that a name has. */
  int MAX_NAME_LENGTH = 256;

  /** The most characters that a value has. */
  int MAX_VALUE_LENGTH = 4096;

  /** The most characters that all names and values have together. */
  int MAX_TOTAL_LENGTH = 16 * 1024;

  /**
   * Checks custom headers and returns them unchanged, in the same order.
   *
   * @param headers names and real values; see {@link HeaderMask#unmask} for masks
   * @return an unmodifiable copy
   * @throws dev.webhooks.model.WebhookException with {@code TOO_MANY_HEADERS}, or with
   *     {@code INVALID_HEADER} naming the header and never its value
   */
  Map<String, String> validate(Map<String, String> headers);

  /**
   * Returns the rule of the library.
   *
   * <p>Names are RFC 9110 tokens, and no two are the same without case. Values are visible ASCII,
   * tab and space, neither begin nor end with tab or space (receivers cut these off) and are not
   * {@link HeaderMask#MASK}; they may be empty. Refused are names that frame or describe the body
   * ({@code Content-Type}, {@code Content-Length}), route the request ({@code Host},
   * {@code Forwarded}, {@code X-Forwarded-*}), concern a single connection, are the library's own
   * ({@code User-Agent}, {@code webhook-*}, {@code X-Webhook-*}) or open cloud metadata services;
   * an underscore counts as a hyphen, as it does for many receivers.
   *
   * @param signatureHeaders the names that the configured signer writes, refused too
   */
  static HeaderPolicy standard(Set<String> signatureHeaders) {
    return new StandardHeaderPolicy(Objects.requireNonNull(signatureHeaders, "signatureHeaders"));
  }
}
