package dev.webhooks.examples.opentelemetry;

import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.transport.TransportRequest;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes a span of each attempt, linked to the span in which its event was published.
 *
 * <p>Linked, and not its child: an attempt may come days after the publish, and one event has many
 * attempts. As a child, each would keep a trace open that ended long ago. So an attempt begins a
 * trace of its own, from which a link leads back; the spans of an instrumented HTTP client are in
 * it.
 */
public final class OpenTelemetryTracing implements Tracing {
  private static final String TRACEPARENT = "traceparent";
  private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();

  private final Tracer tracer;

  /** Traces with what the host has configured. */
  public OpenTelemetryTracing(OpenTelemetry openTelemetry) {
    this.tracer = openTelemetry.getTracer("dev.webhooks");
  }

  /** Returns the {@code traceparent} of the span in which the caller publishes, or null. */
  @Override
  public String capture() {
    Map<String, String> carrier = new HashMap<>();
    W3C.inject(Context.current(), carrier, Map::put);
    return carrier.get(TRACEPARENT);
  }

  /** Begins a span and makes it current; its end closes it. */
  @Override
  @SuppressWarnings("MustBeClosedChecker")
  public AttemptSpan begin(TransportRequest request) {
    SpanBuilder builder = tracer
        .spanBuilder("webhook attempt")
        .setSpanKind(SpanKind.CLIENT)
        .setAttribute("webhooks.event", request.headers().get("x-webhook-event"))
        .setAttribute("webhooks.delivery", request.headers().get("x-webhook-delivery"))
        .setAttribute("webhooks.attempt", request.headers().get("x-webhook-attempt"));
    if (request.traceContext() != null) {
      builder.setNoParent().addLink(publishing(request.traceContext()));
    }
    Span span = builder.startSpan();
    Scope scope = span.makeCurrent();
    return result -> {
      scope.close();
      if (result.status() != null) {
        span.setAttribute("http.response.status_code", result.status());
      }
      if (result.error() != null) {
        span.setStatus(StatusCode.ERROR, result.error().code());
      }
      span.end();
    };
  }

  private static SpanContext publishing(String traceparent) {
    Context context = W3C.extract(Context.root(), traceparent, new OneHeader());
    return Span.fromContext(context).getSpanContext();
  }

  /** Reads the stored context as if it were the one header of a request. */
  private static final class OneHeader implements TextMapGetter<String> {
    @Override
    public Iterable<String> keys(String traceparent) {
      return List.of(TRACEPARENT);
    }

    @Override
    public String get(String traceparent, String name) {
      return name.equals(TRACEPARENT) ? traceparent : null;
    }
  }
}
