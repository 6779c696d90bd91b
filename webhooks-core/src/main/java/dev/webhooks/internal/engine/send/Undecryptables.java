package dev.webhooks.internal.engine.send;

import static dev.webhooks.internal.engine.base.EngineLog.LOG;

import dev.webhooks.internal.engine.base.ListenerCalls;
import dev.webhooks.internal.registry.UndecryptableException;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The webhooks of which something cannot be decrypted. Each is reported once until it can be again.
 * Thread-safe.
 *
 * <p>A wrong key concerns all webhooks at once, so the log warns of the first, the second, the
 * fourth and so on.
 */
final class Undecryptables {
  /** Bound of memory; webhooks beyond it are not reported. */
  private static final int MAX = 10_000;

  private final Set<Long> webhooks = ConcurrentHashMap.newKeySet();
  private final ListenerCalls listener;

  Undecryptables(ListenerCalls listener) {
    this.listener = listener;
  }

  /** Reports that an attempt could not decrypt something. */
  void note(WebhookConfiguration webhook, UUID delivery, UndecryptableException fault) {
    boolean first = webhooks.size() < MAX && webhooks.add(webhook.number());
    int count = webhooks.size();
    if (first && Integer.bitCount(count) == 1) {
      LOG.warn(
          "delivery {} to webhook {} cannot be signed ({} such webhooks so far): {}",
          delivery,
          webhook.publicId(),
          count,
          fault.getMessage());
    } else {
      LOG.debug(
          "delivery {} to webhook {} cannot be signed: {}",
          delivery,
          webhook.publicId(),
          fault.getMessage());
    }
    if (first) {
      listener.undecryptable(webhook.publicId(), webhook.account(), fault);
    }
  }

  /** Ends the report of a webhook of which all could be decrypted. */
  void over(WebhookConfiguration webhook) {
    if (!webhooks.isEmpty() && webhooks.remove(webhook.number())) {
      LOG.info("webhook {} can be decrypted again", webhook.publicId());
    }
  }
}
