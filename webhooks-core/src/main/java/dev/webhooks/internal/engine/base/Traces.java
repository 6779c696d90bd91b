package dev.webhooks.internal.engine.base;

import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls to the host's tracing, so that a throwing one harms neither publishing nor sending.
 * Thread-safe.
 */
public final class Traces {
  public static final String TRACEPARENT = "traceparent";

  private static final Logger LOG = LoggerFactory.getLogger(Tracing.class);

  /** Version, trace id, span id and flags; what a later version may add is not sent. */
  private static final Pattern W3C =
      Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private static final Tracing.AttemptSpan UNTRACED = result -> {};

  private final Tracing tracing;
  private final AtomicBoolean warned = new AtomicBoolean();

  public Traces(Tracing tracing) {
    this.tracing = tracing;
  }

  /** Returns the caller's context, or null if there is none that can be stored. */
  @Nullable
  public String capture() {
    try {
      String context = tracing.capture();
      if (context == null || context.isEmpty()) {
        return null;
      }
      if (isStorable(context)) {
        return context;
      }
      note(
          "a trace context cannot be stored and is dropped: it has " + context.length()
              + " characters (at most " + Tracing.MAX_LENGTH + "), or some that are no text",
          null);
    } catch (RuntimeException | Error e) {
      note("a trace context cannot be captured; events are published without", e);
    }
    return null;
  }

  private static boolean isStorable(String context) {
    return context.length() <= Tracing.MAX_LENGTH
        && context
            .codePoints()
            .allMatch(c -> c != 0 && (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE));
  }

  /** Begins the span of an attempt; neither this nor its end throws. */
  public Tracing.AttemptSpan begin(TransportRequest request) {
    try {
      Tracing.AttemptSpan span = tracing.begin(request);
      return result -> end(span, result);
    } catch (RuntimeException | Error e) {
      note("the span of an attempt cannot be begun; attempts are made without", e);
      return UNTRACED;
    }
  }

  private void end(Tracing.AttemptSpan span, TransportResult result) {
    try {
      span.end(result);
    } catch (RuntimeException | Error e) {
      note("the span of an attempt cannot be ended", e);
    }
  }

  /** Returns whether a context is a W3C {@code traceparent}, which endpoints can be sent. */
  public static boolean isTraceparent(@Nullable String context) {
    return context != null && W3C.matcher(context).matches();
  }

  private void note(String what, @Nullable Throwable fault) {
    if (warned.compareAndSet(false, true)) {
      LOG.warn("{} (further ones are logged at debug)", what, fault);
    } else {
      LOG.debug("{}", what, fault);
    }
  }
}
