package dev.webhooks.examples.springboot.shop;

import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The events that customers can subscribe to. */
@Configuration(proxyBeanMethods = false)
class ShopEvents {
  private static final String PLACED = "order.placed";

  @Bean
  EventCatalog eventCatalog() {
    return EventCatalog.builder()
        .event(PLACED, "An order was placed", "orderId", "item", "quantity")
        .build();
  }

  static Event placed(Order order) {
    return Event.of(
        PLACED, Map.of("orderId", order.id(), "item", order.item(), "quantity", order.quantity()));
  }
}
