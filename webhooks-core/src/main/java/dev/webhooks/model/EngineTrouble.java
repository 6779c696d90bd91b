package dev.webhooks.model;

import java.time.Duration;
import java.util.Objects;

/**
 * A duty of the engine that does not succeed at present. It is tried again and again, and the
 * others go on.
 *
 * @param duty what the engine does not get done, such as {@code folding statistics}
 * @param lasting since how long, by the monotonic clock
 * @param message what is wrong, without the words of a fault, which may quote data; the log has
 *     those
 */
public record EngineTrouble(String duty, Duration lasting, String message) {
  /** Refuses null. */
  public EngineTrouble {
    Objects.requireNonNull(duty, "duty");
    Objects.requireNonNull(lasting, "lasting");
    Objects.requireNonNull(message, "message");
  }
}
