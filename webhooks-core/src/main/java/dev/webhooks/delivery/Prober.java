package dev.webhooks.delivery;

import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimedDelivery;
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
  /** The number of bodies brought in at once without regard to their sizes. */
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

  /** Returns whether the time to ask has come; until an answer comes, it stays. */
  boolean isDue() {
    return ticker.read() - askedAt >= EVERY.toNanos();
  }

  /**
   * Returns deliveries to probe with, one for each endpoint; they are owned by the instance now.
   *
   * @param owner the instance
   * @param room how many deliveries there is room for, at least 1
   */
  List<Held> take(long owner, int room) {
    long tick = ticker.read();
    Instant now = clock.instant();
    ProbeRequest request = new ProbeRequest(owner, now, now.plus(probing), Math.min(AT_ONCE, room));
    List<ClaimedDelivery> probes = store.health().probe(request);
    askedAt = tick;
    return probes.stream().map(delivery -> new Held(owner, delivery, true)).toList();
  }
}
