package dev.webhooks.host;

import dev.webhooks.signing.WebhookVerifier;
import java.util.function.Function;

/** Production code of a receiver: an endpoint that believes only what is signed. */
final class OrderEndpoint {
  private final WebhookVerifier verifier;

  OrderEndpoint(String secret) {
    verifier = WebhookVerifier.of(secret);
  }

  /** Returns the HTTP status to answer. */
  int receive(Function<String, String> headers, byte[] body) {
    return verifier.verify(headers, body).isAccepted() ? 204 : 401;
  }
}
