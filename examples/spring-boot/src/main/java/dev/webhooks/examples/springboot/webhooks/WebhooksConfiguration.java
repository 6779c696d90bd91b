package dev.webhooks.examples.springboot.webhooks;

import dev.webhooks.Webhooks;
import dev.webhooks.micrometer.WebhooksMetrics;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import io.micrometer.core.instrument.MeterRegistry;
import javax.sql.DataSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Makes the webhooks of production, starts and closes them; tests bring their own. */
@Configuration(proxyBeanMethods = false)
@Profile("!test")
class WebhooksConfiguration implements SmartLifecycle {
  private final Webhooks webhooks;
  private volatile boolean running;

  WebhooksConfiguration(
      WebhooksProperties properties, DataSource source, EventCatalog events, MeterRegistry meters) {
    webhooks = Webhooks.builder()
        // Flyway owns the tables.
        .store(JdbcWebhookStore.builder(source).migrateOnOpen(false).build())
        .transport(OkHttpTransport.builder().trust(properties.trusted()).build())
        .events(events)
        .secretCipher(AesGcmSecretCipher.of(properties.key()))
        .allowTargets(properties.allowTargets().toArray(String[]::new))
        .listener(WebhooksMetrics.on(meters))
        .build();
  }

  @Bean
  Webhooks webhooks() {
    return webhooks;
  }

  @Override
  public void start() {
    webhooks.start();
    running = true;
  }

  @Override
  public void stop() {
    webhooks.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Lower than the web server's, so it starts before that and closes after it. */
  @Override
  public int getPhase() {
    return 0;
  }
}
