package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.WebhooksBuilder;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The context of a publish reaches its attempts, and nothing that tracing does harms anybody. */
class TracingTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String CONTEXT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  private static final String OTHER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Recorder tracing = new Recorder();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable kit : open) {
      kit.close();
    }
  }

  @Test
  void every_attempt_gets_the_context_of_its_publish_and_says_how_it_ended() {
    TestWebhooks kit = kit(builder -> builder);
    kit.receiver(URL).answers(500, 200, 200);
    subscribe(kit);
    publish(kit, CONTEXT, "e-1");
    kit.advance(Duration.ofSeconds(5));
    publish(kit, OTHER, "e-2");
    publish(kit, null, "e-3");
    kit.runUntilIdle();

    assertThat(tracing.spans)
        .containsExactly(
            "e-1 attempt 1 in " + CONTEXT + ": 500 http_status",
            "e-1 attempt 2 in " + CONTEXT + ": 200",
            "e-2 attempt 1 in " + OTHER + ": 200",
            "e-3 attempt 1 in null: 200");
  }

  @Test
  void manual_retry_days_later_gets_the_context_of_the_publish() {
    TestWebhooks kit =
        kit(builder -> builder.retrySchedule(RetrySchedule.after(Duration.ofHours(1))));
    TestReceiver receiver = kit.receiver(URL);
    receiver.answers(500, 500, 200);
    String webhook = subscribe(kit);
    publish(kit, CONTEXT, "e-1");
    kit.advance(Duration.ofDays(2));

    tracing.context = OTHER;
    AccountWebhooks acme = kit.account("acme");
    acme.retry(webhook, kit.deliveries("acme").get(0).id());
    kit.runUntilIdle();

    assertThat(receiver.requests()).hasSize(3);
    assertThat(tracing.spans).hasSize(3).allMatch(span -> span.contains(CONTEXT));
  }

  @Test
  void event_published_again_in_another_context_is_the_same_event() {
    TestWebhooks kit = kit(builder -> builder);
    subscribe(kit);
    PublishResult first = publish(kit, CONTEXT, "e-1");
    PublishResult again = publish(kit, OTHER, "e-1");
    kit.runUntilIdle();

    assertThat(again).isEqualTo(first);
    assertThat(tracing.spans).singleElement().asString().contains(CONTEXT);
  }

  @Test
  void listener_is_told_the_context() {
    List<String> told = new ArrayList<>();
    DeliveryListener listener = new DeliveryListener() {
      @Override
      public void attemptFinished(Finished delivery, Attempt attempt) {
        told.add("attempt " + delivery.traceContext());
      }

      @Override
      public void deliveryFailed(Finished delivery, DeliveryError error) {
        told.add(error.code() + " " + delivery.traceContext());
      }
    };
    TestWebhooks kit = kit(builder -> builder.listener(listener));
    subscribe(kit);
    publish(kit, CONTEXT, "e-1");
    kit.runUntilIdle();
    kit.receiver(URL).answers(410);
    publish(kit, OTHER, "e-2");
    kit.runUntilIdle();
    publish(kit, CONTEXT, "e-3");
    kit.advance(Duration.ofMinutes(1));

    assertThat(told)
        .containsExactly(
            "attempt " + CONTEXT,
            "attempt " + OTHER,
            "http_status " + OTHER,
            "webhook_failed " + CONTEXT);
  }

  @Test
  void endpoint_is_sent_no_context_unless_the_host_asks() {
    TestWebhooks kit = kit(builder -> builder);
    subscribe(kit);
    publish(kit, CONTEXT, "e-1");

    assertThat(onlyRequest(kit).headers()).doesNotContainKey("traceparent");
  }

  @Test
  void endpoint_is_sent_the_context_if_the_host_asks() {
    TestWebhooks kit = kit(WebhooksBuilder::sendTraceparent);
    subscribe(kit);
    publish(kit, CONTEXT, "e-1");

    assertThat(onlyRequest(kit).header("traceparent")).isEqualTo(CONTEXT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"traceparent\":\"" + CONTEXT + "\"}",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        CONTEXT + "-more",
        CONTEXT + "\n"
      })
  void what_is_no_traceparent_is_kept_and_not_sent(String context) {
    TestWebhooks kit = kit(WebhooksBuilder::sendTraceparent);
    subscribe(kit);
    publish(kit, context, "e-1");

    assertThat(onlyRequest(kit).headers()).doesNotContainKey("traceparent");
    assertThat(tracing.spans).singleElement().asString().contains(context);
  }

  @Test
  void context_takes_the_place_of_a_custom_header_of_the_same_name() {
    TestWebhooks kit = kit(WebhooksBuilder::sendTraceparent);
    kit.account("acme").create(WebhookDraft.to(URL).events("*").header("TraceParent", "their own"));
    publish(kit, CONTEXT, "e-1");
    publish(kit, null, "e-2");
    kit.runUntilIdle();

    assertThat(kit.receiver(URL).requests())
        .extracting(request -> request.header("traceparent"))
        .containsExactly(CONTEXT, "their own");
  }

  @Test
  void context_that_cannot_be_stored_is_dropped_with_one_warning() {
    TestWebhooks kit = kit(builder -> builder);
    subscribe(kit);
    String log = Logged.by(() -> {
      publish(kit, "x".repeat(Tracing.MAX_LENGTH + 1), "e-1");
      publish(kit, "nul \0", "e-2");
      publish(kit, "half \ud83d", "e-3");
      publish(kit, "", "e-4");
      publish(kit, "x".repeat(Tracing.MAX_LENGTH), "e-5");
      kit.runUntilIdle();
    });

    assertThat(tracing.spans)
        .containsExactly(
            "e-1 attempt 1 in null: 200",
            "e-2 attempt 1 in null: 200",
            "e-3 attempt 1 in null: 200",
            "e-4 attempt 1 in null: 200",
            "e-5 attempt 1 in " + "x".repeat(Tracing.MAX_LENGTH) + ": 200");
    assertThat(log).containsOnlyOnce("WARN").contains("513 characters");
  }

  @Test
  void tracing_that_throws_harms_neither_publishing_nor_sending() {
    for (int broken = 1; broken <= 3; broken++) {
      Tracing faulty = new Faulty(broken);
      TestWebhooks kit = kit(builder -> builder.tracing(faulty));
      subscribe(kit);
      String log = Logged.by(() -> {
        kit.account("acme").publish(Event.of("order.paid", Map.of()));
        kit.account("acme").publish(Event.of("order.paid", Map.of()));
        kit.runUntilIdle();
      });

      assertThat(kit.receiver(URL).requests()).hasSize(2);
      assertThat(kit.deliveries("acme"))
          .extracting(delivery -> delivery.status().name())
          .containsOnly("SUCCESS");
      assertThat(log).as("fault %s", broken).containsOnlyOnce("WARN").contains("no tracer");
    }
  }

  private TestWebhooks kit(UnaryOperator<WebhooksBuilder> options) {
    TestWebhooks kit = TestWebhooks.on(
        new InMemoryWebhookStore(),
        EventCatalog.acceptingAny(),
        builder -> options.apply(builder.tracing(tracing)));
    open.add(kit);
    kit.receiver(URL);
    return kit;
  }

  private static String subscribe(TestWebhooks kit) {
    return kit.account("acme")
        .create(WebhookDraft.to(URL).events("*"))
        .webhook()
        .id();
  }

  private PublishResult publish(TestWebhooks kit, String context, String id) {
    tracing.context = context;
    return kit.account("acme").publish(Event.of("order.paid", Map.of()).withId(id));
  }

  private static ReceivedRequest onlyRequest(TestWebhooks kit) {
    kit.runUntilIdle();
    assertThat(kit.receiver(URL).requests()).hasSize(1);
    return kit.receiver(URL).requests().get(0);
  }

  /** Captures what a test says, and notes each span with its end. */
  private static final class Recorder implements Tracing {
    final List<String> spans = new ArrayList<>();
    String context;

    @Override
    public String capture() {
      return context;
    }

    @Override
    public AttemptSpan begin(TransportRequest request) {
      Map<String, String> headers = request.headers();
      String span = headers.get("webhook-id") + " attempt " + headers.get("x-webhook-attempt")
          + " in " + request.traceContext() + ": ";
      return result -> spans.add(span
          + result.status()
          + (result.error() == null ? "" : " " + result.error().code()));
    }
  }

  /** Fails at one of its three moments. */
  private record Faulty(int moment) implements Tracing {
    @Override
    public String capture() {
      fail(1);
      return CONTEXT;
    }

    @Override
    public AttemptSpan begin(TransportRequest request) {
      fail(2);
      return result -> fail(3);
    }

    private void fail(int at) {
      if (moment == at) {
        throw new IllegalStateException("no tracer");
      }
    }
  }
}
