package dev.webhooks.internal.engine.endpoint;

import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.HealthRegister.ProbeRequest;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * The claimer of deliveries that probe suspended endpoints, once a second; no other claim takes
 * them. Used by the poller's thread.
 */
public final class ProbeClaimer {
  private static final Duration EVERY = Duration.ofSeconds(1);
  /** The most deliveries brought in at once, whatever their sizes. */
  private static final int AT_ONCE = 32;

  private final WebhookStore store;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Duration probeTime;
  private long claimedAt;

  public ProbeClaimer(WebhookStore store, InstantSource clock, Ticker ticker, Duration probeTime) {
    this.store = store;
    this.clock = clock;
    this.ticker = ticker;
    this.probeTime = probeTime;
    this.claimedAt = ticker.read() - EVERY.toNanos();
  }

  /** Returns whether the next claim is due; it stays due until the store answers. */
  public boolean isDue() {
    return ticker.read() - claimedAt >= EVERY.toNanos();
  }

  /**
   * Claims a delivery for each endpoint that is to be probed.
   *
   * @param owner the instance that will own them
   * @param most how many there is memory for, at least 1
   */
  public List<ClaimedDelivery> claim(long owner, int most) {
    long tick = ticker.read();
    Instant now = clock.instant();
    ProbeRequest request =
        new ProbeRequest(owner, now, now.plus(probeTime), Math.min(AT_ONCE, most));
    List<ClaimedDelivery> probes = store.health().probe(request);
    claimedAt = tick;
    return probes;
  }
}
