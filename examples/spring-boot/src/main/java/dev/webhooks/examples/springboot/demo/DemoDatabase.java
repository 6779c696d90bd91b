package dev.webhooks.examples.springboot.demo;

import java.io.IOException;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** Brings a PostgreSQL along, so that the demo needs none; a real shop names its own. */
@Configuration(proxyBeanMethods = false)
@Profile("demo & !h2")
class DemoDatabase {
  @Bean
  PostgresServer postgresServer(@Value("${demo.directory}") Path directory) throws IOException {
    return PostgresServer.in(directory.resolve("postgresql"));
  }

  @Bean
  JdbcConnectionDetails connectionDetails(PostgresServer server) {
    return new JdbcConnectionDetails() {
      @Override
      public String getJdbcUrl() {
        return server.url();
      }

      @Override
      public String getUsername() {
        return "postgres";
      }

      @Override
      public String getPassword() {
        return "";
      }
    };
  }
}
