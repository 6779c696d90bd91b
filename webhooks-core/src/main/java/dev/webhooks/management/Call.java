package dev.webhooks.management;

import dev.webhooks.AccountWebhooks;
import java.util.List;
import java.util.Optional;

/**
 * A request whose caller is known.
 *
 * @param account what the caller can do, with the request's idempotency key
 * @param idempotencyKey the request's idempotency key, as it was given
 * @param ids the ids in the path, in order
 * @param query the parameters of the query
 * @param body the body, not larger than allowed
 */
record Call(
    AccountWebhooks account,
    Optional<String> idempotencyKey,
    List<String> ids,
    Query query,
    byte[] body) {
  String webhookId() {
    return ids.get(0);
  }

  String deliveryId() {
    return ids.get(1);
  }
}
