package dev.webhooks.validation;

import java.util.Map;

/**
 * The rule for the custom headers of webhooks. Implementations are thread-safe.
 *
 * <p>In the library's rule names are RFC 9110 tokens, and no two are the same without case. Values
 * are visible ASCII, tab and space. They may be empty, neither begin nor end with tab or space
 * (receivers cut these off), and are not the mask of hidden values.
 *
 * <p>It refuses names that frame or describe the body ({@code Content-Type},
 * {@code Content-Length}), route the request ({@code Host}, {@code Forwarded},
 * {@code X-Forwarded-*}), concern one connection, open cloud metadata services, or are the
 * library's or the signer's own ({@code User-Agent}, {@code webhook-*}, {@code X-Webhook-*}). An
 * underscore counts as a hyphen, as it does for many receivers.
 */
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
   * Checks custom headers and returns those to store or send, in the order to send them. Called at
   * each change of a webhook and again before each attempt.
   *
   * @param headers names and real values
   * @return an unmodifiable map
   * @throws dev.webhooks.model.WebhookException with {@code TOO_MANY_HEADERS}, or with
   *     {@code INVALID_HEADER} naming the header and never its value
   */
  Map<String, String> validate(Map<String, String> headers);
}
