package dev.webhooks.spi;

import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import org.jspecify.annotations.Nullable;

/**
 * Connects attempts with the trace in which their event was published, be it minutes or days ago
 * and in another process. Implementations are thread-safe and fast: the first method runs while
 * somebody publishes, the second while an endpoint waits.
 *
 * <p>Whatever a method throws is logged, the first time as a warning, and otherwise ignored: the
 * event is published without a context, the attempt made without a span.
 */
public interface Tracing {
  /** The most characters that a context has. */
  int MAX_LENGTH = 512;

  /** Traces nothing. */
  Tracing NONE = new Tracing() {
    @Override
    public @Nullable String capture() {
      return null;
    }

    @Override
    public AttemptSpan begin(TransportRequest request) {
      return result -> {};
    }
  };

  /**
   * Returns the context in which an event is published; called once for each {@code publish}, on
   * the thread that calls it.
   *
   * <p>It is stored with the event and comes back with every attempt and manual retry. It is no
   * part of the event's content: an event published again under its id keeps the first one. It is
   * stored in plain text, so it must hold nothing secret.
   *
   * @return a W3C {@code traceparent} or any other text of at most {@value #MAX_LENGTH} characters,
   *     without U+0000 and halves of surrogate pairs; one that is not is dropped with a warning.
   *     Null or empty if there is none.
   */
  @Nullable
  String capture();

  /**
   * Begins the span of an attempt; called on the thread that sends, just before the transport, so
   * that what this puts into thread-locals holds for the transport.
   *
   * <p>The context in which the event was published is {@link TransportRequest#traceContext()};
   * that is null for tests, and for events that were published without one or before there was any
   * tracing.
   *
   * @param request what is sent; its headers name event type, delivery and number of the attempt
   */
  AttemptSpan begin(TransportRequest request);

  /** An attempt under way. */
  @FunctionalInterface
  interface AttemptSpan {
    /**
     * Ends the span; called once, on the thread that began it.
     *
     * @param result what came of the request
     */
    void end(TransportResult result);
  }
}
