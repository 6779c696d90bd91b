package dev.webhooks.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhooksMetricsTest {
  private static final String URL = "https://hooks.acme.example/in";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final WebhooksMetrics metrics = WebhooksMetrics.on(registry);
  private final TestWebhooks kit = TestWebhooks.on(
      new InMemoryWebhookStore(),
      EventCatalog.acceptingAny(),
      builder -> builder.listener(metrics));
  private final AccountWebhooks acme = kit.account("acme");

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void attempts_and_deliveries_are_counted_by_how_they_ended() {
    kit.receiver(URL).answers(500, 200);
    acme.create(WebhookDraft.to(URL).events("*"));
    acme.publish(Event.of("order.paid", Map.of()));

    kit.runUntilIdle();
    kit.advance(Duration.ofSeconds(5));

    assertThat(attempts("failure", "http_status").count()).isEqualTo(1);
    assertThat(attempts("success", "none").count()).isEqualTo(1);
    assertThat(attempts("success", "none").totalTime(TimeUnit.MILLISECONDS)).isZero();
    assertThat(registry
            .get("webhooks.deliveries")
            .tags("outcome", "success", "error", "none")
            .counter()
            .count())
        .isEqualTo(1);
  }

  @Test
  void deliveries_that_were_given_up_are_counted_by_their_error() {
    kit.receiver(URL).answers(500);
    acme.create(WebhookDraft.to(URL).events("*"));
    acme.publish(Event.of("order.paid", Map.of()));

    for (int day = 0; day < 12; day++) {
      kit.advance(Duration.ofDays(1));
    }

    assertThat(registry
            .get("webhooks.deliveries")
            .tags("outcome", "failed", "error", "http_status")
            .counter()
            .count())
        .isEqualTo(1);
  }

  @Test
  void endpoints_that_are_gone_are_counted() {
    kit.receiver(URL).answers(410);
    acme.create(WebhookDraft.to(URL).events("*"));
    acme.publish(Event.of("order.paid", Map.of()));

    kit.runUntilIdle();

    assertThat(registry
            .get("webhooks.endpoints")
            .tags("state", "failed", "reason", "gone")
            .counter()
            .count())
        .isEqualTo(1);
  }

  @Test
  void gauges_show_how_the_engine_is_doing() {
    acme.create(WebhookDraft.to(URL).events("*"));
    acme.publish(Event.of("order.paid", Map.of()));
    kit.clock().advance(Duration.ofSeconds(90));
    metrics.watch(kit.webhooks());

    assertThat(gauge("webhooks.queue.pending")).isEqualTo(1);
    assertThat(gauge("webhooks.queue.age")).isEqualTo(90);
    assertThat(gauge("webhooks.deliveries.owned")).isEqualTo(1);
    assertThat(gauge("webhooks.outcomes.unwritten")).isZero();
    assertThat(gauge("webhooks.heartbeat.age")).isEqualTo(90);
    assertThat(gauge("webhooks.troubles")).isZero();
  }

  private Timer attempts(String outcome, String error) {
    return registry
        .get("webhooks.attempts")
        .tags("outcome", outcome, "error", error)
        .timer();
  }

  private double gauge(String name) {
    return registry.get(name).gauge().value();
  }
}
