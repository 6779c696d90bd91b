package dev.webhooks.examples.springboot.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;

import dev.webhooks.examples.springboot.ShopTest;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.TestWebhooks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ShopTest
class ObservabilityTest {
  private static final String URL = "https://hooks.acme.example/observed";

  @Autowired
  private MockMvcTester http;

  @Autowired
  private TestWebhooks kit;

  /** Without a context there is no kit, and the context says why. */
  @AfterEach
  void erase() {
    if (kit != null) {
      kit.account("acme").erase();
    }
  }

  @Test
  void the_health_of_the_webhooks_is_shown_to_operators() {
    assertThat(http.get().uri("/actuator/health").with(httpBasic("ops", "ops")))
        .hasStatusOk()
        .bodyJson()
        .hasPathSatisfying("$.components.webhooks.status", it -> it.assertThat().isEqualTo("UP"))
        .hasPathSatisfying(
            "$.components.webhooks.details.pending", it -> it.assertThat().isEqualTo(0));
    assertThat(http.get().uri("/actuator/health"))
        .hasStatusOk()
        .bodyJson()
        .doesNotHavePath("$.components");
  }

  @Test
  void a_delivery_counts_in_the_metrics() {
    kit.receiver(URL);
    kit.account("acme").create(WebhookDraft.to(URL).events("order.*"));
    assertThat(http.post()
            .uri("/api/orders")
            .with(httpBasic("alice", "alice"))
            .contentType(MediaType.APPLICATION_JSON)
            .content("{\"item\":\"mug\",\"quantity\":1}"))
        .hasStatus(HttpStatus.CREATED);
    kit.runUntilIdle();

    assertThat(http.get()
            .uri("/actuator/metrics/webhooks.deliveries?tag=outcome:success")
            .with(httpBasic("ops", "ops")))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$.measurements[0].value")
        .asNumber()
        .satisfies(count -> assertThat(count.doubleValue()).isGreaterThanOrEqualTo(1));
    assertThat(http.get()
            .uri("/actuator/metrics/webhooks.queue.pending")
            .with(httpBasic("ops", "ops")))
        .hasStatusOk();
  }

  @Test
  void metrics_are_for_operators() {
    assertThat(http.get()
            .uri("/actuator/metrics/webhooks.deliveries")
            .with(httpBasic("alice", "alice")))
        .hasStatus(HttpStatus.FORBIDDEN);
  }

  @Test
  void an_order_of_too_much_is_refused_over_http() {
    assertThat(http.post()
            .uri("/api/orders")
            .with(httpBasic("alice", "alice"))
            .contentType(MediaType.APPLICATION_JSON)
            .content("{\"item\":\"stool\",\"quantity\":99}"))
        .hasStatus(HttpStatus.CONFLICT);
  }
}
