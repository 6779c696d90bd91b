package dev.webhooks.examples.springboot;

import dev.webhooks.Webhooks;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.TestWebhooks;
import javax.sql.DataSource;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/** Takes the place of the webhooks of production. */
@TestConfiguration(proxyBeanMethods = false)
class TestWebhooksConfiguration {
  /** Waits for Flyway, since the kit opens its store at once. */
  @Bean
  @DependsOnDatabaseInitialization
  TestWebhooks kit(
      DataSource dataSource,
      AmbientTransactions transactions,
      EventCatalog events,
      DeliveryListener meters) {
    return TestWebhooks.on(
        JdbcWebhookStore.builder(dataSource).migrateOnOpen(false).build(),
        events,
        builder -> builder.ambientTransactions(transactions).listener(meters));
  }

  @Bean
  Webhooks webhooks(TestWebhooks kit) {
    return kit.webhooks();
  }
}
