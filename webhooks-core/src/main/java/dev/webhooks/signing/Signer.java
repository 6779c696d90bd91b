package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes the headers that prove who sent a message. Implementations are thread-safe. */
public interface Signer {
  /** Returns the names of the headers that it writes; no custom header may use them. */
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

  /** Returns the default: the timestamped scheme and Standard Webhooks beside it. */
  static Signer standard() {
    return of(SignatureScheme.timestamped(), SignatureScheme.standardWebhooks());
  }

  /**
   * Returns a signer that applies each of the schemes.
   *
   * @param schemes at least one
   * @throws IllegalArgumentException if there is none, or two write the same header
   */
  static Signer of(SignatureScheme... schemes) {
    return new HmacSigner(SchemeSupport.present(schemes));
  }
}
