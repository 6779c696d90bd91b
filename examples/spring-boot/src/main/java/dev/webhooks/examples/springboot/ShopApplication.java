package dev.webhooks.examples.springboot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** A small shop that tells its customers by webhooks what becomes of their orders. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ShopApplication {
  /** Starts the shop; the database is named by {@code spring.datasource.url}. */
  public static void main(String[] args) {
    SpringApplication.run(ShopApplication.class, args);
  }
}
