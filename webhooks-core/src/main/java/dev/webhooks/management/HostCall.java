package dev.webhooks.management;

import dev.webhooks.AccountWebhooks;
import java.util.Objects;
import java.util.Optional;

/** A request to a route of the host's own, whose caller is known. Immutable. */
public final class HostCall {
  private final Call call;

  HostCall(Call call) {
    this.call = call;
  }

  /** Returns what the caller can do, with the request's idempotency key if it has one. */
  public AccountWebhooks account() {
    return call.account();
  }

  /**
   * Returns the request's {@code Idempotency-Key}, for what is made idempotent by other means, such
   * as an event by its id. It is as the caller gave it, of any length and content.
   */
  public Optional<String> idempotencyKey() {
    return call.idempotencyKey();
  }

  /**
   * Reads the body.
   *
   * @param known the names its fields may have
   * @throws dev.webhooks.model.WebhookException with {@code INVALID_REQUEST} unless it is one JSON
   *     object in UTF-8 that has no other fields and no duplicate keys
   */
  public Body body(String... known) {
    for (String name : Objects.requireNonNull(known, "known")) {
      Objects.requireNonNull(name, "known");
    }
    return Body.parse(call.body(), known);
  }
}
