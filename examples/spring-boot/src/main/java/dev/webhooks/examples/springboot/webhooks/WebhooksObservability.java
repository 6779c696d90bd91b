package dev.webhooks.examples.springboot.webhooks;

import dev.webhooks.Webhooks;
import dev.webhooks.delivery.DeliveryListener;
import dev.webhooks.delivery.EngineHealth;
import dev.webhooks.micrometer.WebhooksMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shows in the actuator how the webhooks are doing. */
@Configuration(proxyBeanMethods = false)
class WebhooksObservability {
  /** Counts deliveries and attempts. */
  @Bean
  DeliveryListener webhooksMeters(MeterRegistry meters) {
    return WebhooksMetrics.on(meters);
  }

  @Bean
  MeterBinder webhooksGauges(Webhooks webhooks) {
    return registry -> WebhooksMetrics.on(registry).watch(webhooks);
  }

  /** Its name in the actuator is {@code webhooks}. */
  @Bean
  HealthIndicator webhooksHealthIndicator(Webhooks webhooks) {
    return () -> health(webhooks.health());
  }

  private static Health health(EngineHealth engine) {
    Health.Builder health = engine.databaseReachable() ? Health.up() : Health.down();
    health
        .withDetail("pending", engine.pending())
        .withDetail("inFlight", engine.inFlight())
        .withDetail("owned", engine.owned())
        .withDetail("unwritten", engine.unwritten());
    Duration heartbeat = engine.lastHeartbeat();
    if (heartbeat != null) {
      health.withDetail("lastHeartbeatMs", heartbeat.toMillis());
    }
    Duration oldest = engine.oldestPendingAge();
    if (oldest != null) {
      health.withDetail("oldestPendingMs", oldest.toMillis());
    }
    engine.troubles().forEach(trouble -> health.withDetail(trouble.duty(), trouble.message()));
    return health.build();
  }
}
