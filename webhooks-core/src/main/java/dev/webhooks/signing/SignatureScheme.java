package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A way to write signatures into headers, and to read them back. Implementations are immutable and
 * thread-safe.
 *
 * <p>Three ship, all of them HMAC-SHA256; a host may write its own.
 */
public interface SignatureScheme {
  /** Returns the names of the headers that the scheme writes; no custom header may use them. */
  Set<String> headerNames();

  /**
   * Signs a message.
   *
   * @param eventId the event's id, without a dot; the same on every attempt
   * @param timestamp the time of this attempt, used in whole seconds
   * @param body the bytes that are sent; neither changed nor kept
   * @param secrets the secrets that sign, newest first; at least one
   * @return the headers to send, exactly those of {@link #headerNames()}
   * @throws IllegalArgumentException if the message cannot be signed; the message holds no secret
   */
  Map<String, String> sign(String eventId, Instant timestamp, byte[] body, List<Secret> secrets);

  /**
   * Verifies a message that was received. It never throws, whatever the headers and the body hold,
   * and takes the same time whichever secret and signature match.
   *
   * @param headers returns the value of a header, whatever the case of its name, or null
   * @param body the bytes as they were received; neither changed nor kept
   * @param secrets the secrets of which one must have signed; at least one
   * @param freshness decides whether the message's timestamp is near enough to now; a scheme
   *     without a timestamp ignores it
   */
  Verification verify(
      Function<String, @Nullable String> headers,
      byte[] body,
      List<Secret> secrets,
      Freshness freshness);

  /**
   * Returns the scheme of Standard Webhooks 1.0, with {@code webhook-id}, {@code webhook-timestamp}
   * and {@code webhook-signature}.
   */
  static SignatureScheme standardWebhooks() {
    return standardWebhooks("webhook-id", "webhook-timestamp", "webhook-signature");
  }

  /**
   * Returns the scheme of Standard Webhooks 1.0 under other header names. The key is what follows
   * {@code whsec_}, decoded from base64, or the UTF-8 bytes of any other secret; signed is
   * {@code <id>.<timestamp>.<body>}; each secret adds {@code v1,<base64>}, separated by spaces.
   *
   * @param idHeader the header of the event's id
   * @param timestampHeader the header of the time in Unix seconds
   * @param signatureHeader the header of the signatures
   * @throws IllegalArgumentException if a name is not an RFC 9110 token, or two are the same
   */
  static SignatureScheme standardWebhooks(
      String idHeader, String timestampHeader, String signatureHeader) {
    return new StandardWebhooksScheme(idHeader, timestampHeader, signatureHeader);
  }

  /** Returns the timestamped scheme with {@code X-Webhook-Signature}. */
  static SignatureScheme timestamped() {
    return timestamped("X-Webhook-Signature");
  }

  /**
   * Returns the scheme that writes {@code t=<Unix seconds>,v1=<hex>} into one header. The key is
   * the UTF-8 bytes of the whole secret; signed is {@code <t>.<body>}; each further secret adds
   * {@code ,v1=<hex>}.
   *
   * @param header the header's name
   * @throws IllegalArgumentException if the name is not an RFC 9110 token
   */
  static SignatureScheme timestamped(String header) {
    return new TimestampedScheme(header);
  }

  /** Returns the body-only scheme with {@code X-Webhook-Signature-256}. */
  static SignatureScheme bodyOnly() {
    return bodyOnly("X-Webhook-Signature-256");
  }

  /**
   * Returns the scheme that writes {@code sha256=<hex>} over the body alone into one header, for
   * receivers made for GitHub's webhooks. The key is the UTF-8 bytes of the whole secret.
   *
   * <p>The format has room for one signature, so only the newest secret signs; and it has no
   * timestamp, so that a receiver cannot tell a replay by it.
   *
   * @param header the header's name, for example {@code X-Hub-Signature-256}
   * @throws IllegalArgumentException if the name is not an RFC 9110 token
   */
  static SignatureScheme bodyOnly(String header) {
    return new BodyOnlyScheme(header);
  }

  /**
   * Decides whether a message was signed near enough to now.
   *
   * @param now the receiver's time
   * @param tolerance how far a timestamp may lie from it in either direction, inclusive
   */
  record Freshness(Instant now, Duration tolerance) {
    /** Refuses null for what must be present. */
    public Freshness {
      Objects.requireNonNull(now, "now");
      Objects.requireNonNull(tolerance, "tolerance");
    }

    /**
     * Returns whether a timestamp is within the tolerance.
     *
     * @param timestamp when the message was signed, in whole seconds
     */
    public boolean accepts(Instant timestamp) {
      Objects.requireNonNull(timestamp, "timestamp");
      Instant second = Instant.ofEpochSecond(now.getEpochSecond());
      return Duration.between(timestamp, second).abs().compareTo(tolerance) <= 0;
    }
  }
}
