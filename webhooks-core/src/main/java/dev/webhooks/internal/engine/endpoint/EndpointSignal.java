package dev.webhooks.internal.engine.endpoint;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.AttemptOutcome;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The information that one attempt gives about its endpoint.
 *
 * @param began when the attempt began
 * @param ended when it ended
 * @param gone whether the endpoint answered that it is gone for good
 */
public record EndpointSignal(Kind kind, Instant began, Instant ended, boolean gone) {
  private static final int GONE = 410;

  /** The kinds of signals. */
  public enum Kind {
    /** The endpoint accepted the request. */
    ACCEPTED,
    /** It was reached and answered something else. */
    REFUSED,
    /** It was not reached, or did not answer properly in time. */
    UNREACHED
  }

  /** Reads an outcome; returns null if the fault is the library's and not the endpoint's. */
  public static @Nullable EndpointSignal of(AttemptOutcome outcome) {
    Kind kind = kind(outcome.error());
    if (kind == null) {
      return null;
    }
    Instant ended = outcome.at().plus(Duration.ofMillis(outcome.durationMs()));
    boolean gone = kind == Kind.REFUSED && isGone(outcome.httpStatus());
    return new EndpointSignal(kind, outcome.at(), ended, gone);
  }

  public static boolean isGone(@Nullable Integer httpStatus) {
    return httpStatus != null && httpStatus == GONE;
  }

  private static @Nullable Kind kind(@Nullable DeliveryError error) {
    if (error == null) {
      return Kind.ACCEPTED;
    }
    return switch (error) {
      case DNS, BLOCKED_ADDRESS, CONNECT, TLS, TIMEOUT, RESET, PROTOCOL -> Kind.UNREACHED;
      case HTTP_STATUS -> Kind.REFUSED;
      case UNSENDABLE, UNDECRYPTABLE, INTERNAL, EXPIRED, WEBHOOK_FAILED, LOST, INTERRUPTED -> null;
    };
  }
}
