package dev.webhooks.delivery;

import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.HealthRegister.ProbeRequest;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Asks once a second which endpoints are to be probed, since nobody may claim for them. Used by the
 * poller's thread.
 */
final class Prober {
  private static final Duration EVERY = Duration.ofSeconds(1);
  /** How many bodies are brought in at once without regard to their sizes. */
  private static final int AT_ONCE = 32;

  private final WebhookStore store;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Duration probing;
  private long askedAt;

  /**
   * Creates a prober.
   *
   * @param probing for how long other instances stay away from an endpoint that is being probed
   */
  Prober(WebhookStore store, InstantSource clock, Ticker ticker, Duration probing) {
    this.store = store;
    this.clock = clock;
    this.ticker = ticker;
    this.probing = probing;
    this.askedAt = ticker.read() - EVERY.toNanos();
  }

  /**
   * Returns deliveries to probe with, one for each endpoint; they are owned by the instance now.
   *
   * @param owner the instance, 0 for none
   * @param room how many deliveries there is room for
   */
  List<Held> due(long owner, int room) {
    long tick = ticker.read();
    if (owner == 0 || room <= 0 || tick - askedAt < EVERY.toNanos()) {
      return List.of();
    }
    askedAt = tick;
    Instant now = clock.instant();
    ProbeRequest request = new ProbeRequest(owner, now, now.plus(probing), Math.min(AT_ONCE, room));
    return store.health().probe(request).stream()
        .map(delivery -> new Held(owner, delivery, true))
        .toList();
  }
}
