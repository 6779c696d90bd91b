package dev.webhooks.examples.benchmark.chaos;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;

/**
 * A host application in a process of its own: publishes orders in its own transactions, sends, and
 * does what the lines on its standard input say, until that ends.
 *
 * <p>Commands: {@code rate <events a second>}, {@code publish <events>} as fast as it can,
 * {@code kinds <how many kinds of order>}, {@code hog <seconds>}, {@code hold <seconds>},
 * {@code settle <token>}, {@code heap}, {@code quit}.
 */
final class Instance {
  static final String ACCOUNT = "shop";

  private final HikariDataSource pool;
  private final Webhooks webhooks;
  private final Orders orders;

  private Instance(HikariDataSource pool, Webhooks webhooks, Orders orders) {
    this.pool = pool;
    this.webhooks = webhooks;
    this.orders = orders;
  }

  public static void main(String[] arguments) throws Exception {
    InstanceOptions options = InstanceOptions.parse(arguments);
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(options.url());
    config.setMaximumPoolSize(options.pool());
    HikariDataSource pool = new HikariDataSource(config);
    Webhooks webhooks = Webhooks.builder()
        .store(JdbcWebhookStore.on(pool))
        .transport(
            OkHttpTransport.builder().trust(certificate(options.certificate())).build())
        .secretCipher(SecretCipher.none())
        .allowTargets("localhost")
        .events(EventCatalog.acceptingAny())
        .userAgent(options.userAgent())
        .build();
    AccountWebhooks account = webhooks.account(ACCOUNT);
    Orders orders = new Orders(pool, account, options);
    Instance instance = new Instance(pool, webhooks, orders);
    Runtime.getRuntime().addShutdownHook(new Thread(instance::close));
    webhooks.start();
    orders.start();
    Output.say("ready");
    instance.obey();
    System.exit(0);
  }

  private static X509Certificate certificate(Path file) throws Exception {
    String pem = Files.readString(file);
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  /** Obeys until it is told to quit; ends the process at once if its parent has gone. */
  private void obey() throws IOException {
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ");
      int number = words.length > 1 ? Integer.parseInt(words[1]) : 0;
      switch (words[0]) {
        case "rate" -> orders.rate(number);
        case "publish" -> orders.publish(number);
        case "kinds" -> orders.kinds(number);
        case "hog" -> inBackground(() -> hog(Duration.ofSeconds(number)));
        case "hold" -> inBackground(() -> orders.hold(Duration.ofSeconds(number)));
        case "settle" -> inBackground(() -> orders.settle(number));
        case "heap" -> inBackground(Instance::tellHeap);
        case "quit" -> {
          return;
        }
        default -> throw new IllegalArgumentException("no such command: " + line);
      }
    }
    Runtime.getRuntime().halt(1);
  }

  private static void inBackground(Runnable work) {
    Thread thread = new Thread(work, "command");
    thread.setDaemon(true);
    thread.start();
  }

  private void hog(Duration time) {
    try {
      new Hog(pool, pool.getMaximumPoolSize()).hog(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Prints how much of the old generation is in use after a full collection. */
  private static void tellHeap() {
    System.gc();
    for (MemoryPoolMXBean generation : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = generation.getCollectionUsage();
      if (usage != null && generation.getName().matches(".*(Old|Tenured).*")) {
        Output.say("heap " + usage.getUsed() + " " + usage.getMax());
      }
    }
  }

  private void close() {
    orders.close();
    webhooks.close();
    pool.close();
  }
}
