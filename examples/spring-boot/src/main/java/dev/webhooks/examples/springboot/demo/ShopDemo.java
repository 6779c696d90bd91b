package dev.webhooks.examples.springboot.demo;

import dev.webhooks.examples.springboot.ShopApplication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;

/** Runs the shop with everything that it needs: a database and a customer with an endpoint. */
public final class ShopDemo {
  private static final Logger LOG = LoggerFactory.getLogger("receiver");
  private static final Path DIRECTORY = Path.of("target", "spring-boot");
  private static final int RECEIVER_PORT = 8443;

  private ShopDemo() {}

  /** Starts it; the arguments are Spring Boot's, such as {@code --spring.profiles.active=h2}. */
  public static void main(String[] args) throws IOException {
    DemoReceiver receiver =
        new DemoReceiver(RECEIVER_PORT, DIRECTORY.resolve("receiver.pem"), arrival -> {
          LOG.info(
              "{} {} {} {}{}",
              arrival.path(),
              arrival.event(),
              arrival.eventId(),
              arrival.body(),
              arrival.verified() ? "" : " (not verified: signed with a secret of yours)");
          return true;
        });
    // After the context is closed, whose last deliveries still want an answer.
    SpringApplication.getShutdownHandlers().add(receiver::close);
    SpringApplication shop = new SpringApplication(ShopApplication.class);
    shop.setAdditionalProfiles("demo");
    shop.setDefaultProperties(Map.of("demo.directory", DIRECTORY.toString()));
    try {
      new Tour(shop.run(args)).begin(receiver.url(), receiver.url("/mine"));
    } catch (RuntimeException e) {
      receiver.close(); // Or else its threads would keep the process alive.
      throw e;
    }
  }
}
