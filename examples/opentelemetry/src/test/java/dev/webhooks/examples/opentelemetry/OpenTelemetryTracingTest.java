package dev.webhooks.examples.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.WebhooksBuilder;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From the span of an attempt a link leads to the span in which its event was published. */
class OpenTelemetryTracingTest {
  private static final String URL = "https://hooks.acme.example/in";

  private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  private final SdkTracerProvider provider = SdkTracerProvider.builder()
      .addSpanProcessor(SimpleSpanProcessor.create(exporter))
      .build();
  private final OpenTelemetry openTelemetry =
      OpenTelemetrySdk.builder().setTracerProvider(provider).build();
  private final Tracer hostTracer = openTelemetry.getTracer("the host");
  private TestWebhooks kit = kit(builder -> builder);

  @AfterEach
  void close() {
    kit.close();
    provider.close();
  }

  @Test
  void first_attempt_and_retries_hours_later_link_to_the_span_that_published() {
    kit.receiver(URL).answers(500, 500, 503, 500, 200);
    SpanContext checkout = publishIn("checkout", "e-1");
    kit.advance(Duration.ofHours(3));

    List<SpanData> attempts = attempts();
    assertThat(attempts).hasSize(5).allSatisfy(attempt -> {
      assertThat(attempt.getLinks())
          .extracting(link -> link.getSpanContext().getSpanId())
          .containsExactly(checkout.getSpanId());
      assertThat(attempt.getLinks())
          .extracting(link -> link.getSpanContext().getTraceId())
          .containsExactly(checkout.getTraceId());
      assertThat(attempt.getParentSpanContext().isValid())
          .as("a trace of its own")
          .isFalse();
      assertThat(attempt.getTraceId()).isNotEqualTo(checkout.getTraceId());
    });
    assertThat(attempts)
        .extracting(
            attempt -> attempt.getAttributes().get(AttributeKey.stringKey("webhooks.attempt")))
        .containsExactly("1", "2", "3", "4", "5");
    assertThat(attempts)
        .extracting(attempt ->
            attempt.getAttributes().get(AttributeKey.longKey("http.response.status_code")))
        .containsExactly(500L, 500L, 503L, 500L, 200L);
    assertThat(attempts)
        .extracting(attempt -> attempt.getStatus().getStatusCode())
        .containsExactly(
            StatusCode.ERROR,
            StatusCode.ERROR,
            StatusCode.ERROR,
            StatusCode.ERROR,
            StatusCode.UNSET);
  }

  @Test
  void events_published_in_two_spans_link_each_to_its_own() {
    SpanContext checkout = publishIn("checkout", "e-1");
    SpanContext refund = publishIn("refund", "e-2");
    kit.runUntilIdle();

    assertThat(attempts())
        .flatExtracting(SpanData::getLinks)
        .extracting(LinkData::getSpanContext)
        .extracting(SpanContext::getSpanId)
        .containsExactly(checkout.getSpanId(), refund.getSpanId());
  }

  @Test
  void event_published_outside_any_span_has_attempts_without_a_link() {
    kit.account("acme").publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();

    assertThat(attempts())
        .singleElement()
        .satisfies(attempt -> assertThat(attempt.getLinks()).isEmpty());
  }

  @Test
  void endpoint_is_sent_the_publishing_span_only_if_the_host_asks() {
    publishIn("checkout", "e-1");
    kit.runUntilIdle();
    assertThat(kit.receiver(URL).requests())
        .singleElement()
        .satisfies(request -> assertThat(request.header("traceparent")).isNull());

    kit.close();
    kit = kit(WebhooksBuilder::sendTraceparent);
    SpanContext checkout = publishIn("checkout", "e-2");
    kit.runUntilIdle();
    assertThat(kit.receiver(URL).requests())
        .singleElement()
        .satisfies(request -> assertThat(request.header("traceparent"))
            .startsWith("00-" + checkout.getTraceId() + "-" + checkout.getSpanId() + "-"));
  }

  private TestWebhooks kit(UnaryOperator<WebhooksBuilder> options) {
    TestWebhooks kit = TestWebhooks.on(
        new InMemoryWebhookStore(),
        EventCatalog.acceptingAny(),
        builder -> options.apply(builder.tracing(new OpenTelemetryTracing(openTelemetry))));
    kit.receiver(URL);
    kit.account("acme").create(WebhookDraft.to(URL).events("*"));
    return kit;
  }

  /** Publishes an event while a span of the host is current, and returns that span's context. */
  private SpanContext publishIn(String name, String eventId) {
    Span span = hostTracer.spanBuilder(name).startSpan();
    try (Scope scope = span.makeCurrent()) {
      kit.account("acme").publish(Event.of("order.paid", Map.of()).withId(eventId));
    } finally {
      span.end();
    }
    return span.getSpanContext();
  }

  private List<SpanData> attempts() {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals("webhook attempt"))
        .toList();
  }
}
