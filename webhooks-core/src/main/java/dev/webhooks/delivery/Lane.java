package dev.webhooks.delivery;

import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The deliveries of one webhook that this instance holds and has not started. Guarded by the
 * dispatcher's lock.
 */
final class Lane {
  final long webhook;
  final Pace pace;
  final ArrayDeque<Held> ready = new ArrayDeque<>();
  int inFlight;
  /** The number of those in flight that have taken long already. */
  int slow;
  /** In which line it stands for a slot; null if in none. */
  Slots.@Nullable Kind line;

  private @Nullable WebhookConfiguration known;
  private long readAt;

  Lane(long webhook, Pace pace) {
    this.webhook = webhook;
    this.pace = pace;
  }

  /** Takes over a configuration unless a newer one is known. */
  void configure(WebhookConfiguration read, long tick) {
    WebhookConfiguration present = known;
    boolean newer = present == null
        || read.version() > present.version()
        || (read.version() == present.version() && tick - readAt > 0);
    if (newer) {
      known = read;
      readAt = tick;
    }
  }

  /** Forgets the configuration, so that nothing starts until it has been read again. */
  void forgetConfiguration() {
    known = null;
  }

  /**
   * Returns the configuration if it was read less than {@code maxAge} nanoseconds ago, else null.
   */
  @Nullable
  WebhookConfiguration configuration(long tick, long maxAge) {
    return known == null || tick - readAt >= maxAge ? null : known;
  }

  boolean empty() {
    return ready.isEmpty() && inFlight == 0;
  }
}
