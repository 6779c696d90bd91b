package dev.webhooks.testing;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a {@link TestReceiver} to a request. Each method returns a changed copy.
 *
 * <p>Immutable.
 */
public final class TestAnswer {
  private final TransportResult result;
  private final Duration duration;

  private TestAnswer(TransportResult result, Duration duration) {
    this.result = result;
    this.duration = duration;
  }

  /**
   * Returns an answer that comes at once.
   *
   * @param status its HTTP status; from 200 to 299 is success
   */
  public static TestAnswer status(int status) {
    byte[] body = ("scripted " + status).getBytes(StandardCharsets.UTF_8);
    return new TestAnswer(TransportResult.answered(status, body, null), Duration.ZERO);
  }

  /**
   * Returns what happens if no answer comes.
   *
   * @param error how the exchange fails
   */
  public static TestAnswer failure(DeliveryError error) {
    Objects.requireNonNull(error, "error");
    return new TestAnswer(TransportResult.failed(error), Duration.ZERO);
  }

  /**
   * Sets the body that the delivery log will show.
   *
   * @param body the text; unless set it names the status
   */
  public TestAnswer body(String body) {
    Objects.requireNonNull(body, "body");
    return answered(body.getBytes(StandardCharsets.UTF_8), result.retryAfter());
  }

  /**
   * Adds a {@code Retry-After} header, which counts beside a status of 429 or 503.
   *
   * @param wait what it asks for, in whole seconds
   */
  public TestAnswer retryAfter(Duration wait) {
    Objects.requireNonNull(wait, "wait");
    return answered(result.excerpt(), Long.toString(wait.toSeconds()));
  }

  /**
   * Lets the whole exchange take a while, by which it moves the clock. Past the request's timeout
   * (30 seconds unless configured) the exchange ends there, with {@code timeout}.
   *
   * @param duration how long; not negative
   * @throws IllegalArgumentException if it is negative
   */
  public TestAnswer taking(Duration duration) {
    Objects.requireNonNull(duration, "duration");
    if (duration.isNegative()) {
      throw new IllegalArgumentException("an exchange takes no less than no time: " + duration);
    }
    return new TestAnswer(result, duration);
  }

  /** Plays the exchange. */
  TransportResult play(TestClock clock, Duration timeout) {
    boolean inTime = duration.compareTo(timeout) <= 0;
    clock.advance(inTime ? duration : timeout);
    return inTime ? result : TransportResult.failed(DeliveryError.TIMEOUT);
  }

  private TestAnswer answered(byte[] body, @Nullable String retryAfter) {
    Integer status = result.status();
    if (status == null) {
      throw new IllegalStateException("what fails without an answer has no body and no headers");
    }
    return new TestAnswer(TransportResult.answered(status, body, retryAfter), duration);
  }

  /** Returns the status or the error. */
  @Override
  public String toString() {
    return result.status() == null ? String.valueOf(result.error()) : "" + result.status();
  }
}
