package dev.webhooks.examples.springboot.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class ShopKilledIT {
  private static final int CUSTOMERS = 4;
  private static final int BEFORE_THE_KILL = 100;
  private static final int TAKEN_BEFORE_THE_KILL = 30;
  private static final Duration PATIENCE = Duration.ofSeconds(ShopProcess.PATIENCE_SECONDS);

  @TempDir
  private Path directory;

  private final Set<Long> taken = new ConcurrentSkipListSet<>();
  private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
  private final CountDownLatch killed = new CountDownLatch(1);
  private final CountDownLatch enough = new CountDownLatch(BEFORE_THE_KILL);
  private final ExecutorService customers = Executors.newFixedThreadPool(CUSTOMERS);
  private final List<ShopProcess> shops = new ArrayList<>();
  private DemoReceiver receiver;

  /** Of most builds only the output is kept. */
  @RegisterExtension
  private final AfterTestExecutionCallback logs = context -> {
    if (context.getExecutionException().isPresent()) {
      shops.forEach(shop -> shop.print(System.out));
    }
  };

  @BeforeEach
  void receive() throws IOException {
    receiver = new DemoReceiver(0, directory.resolve("receiver.pem"), this::take);
  }

  @AfterEach
  void close() throws Exception {
    customers.shutdownNow();
    for (ShopProcess shop : shops) {
      shop.kill();
    }
    if (receiver != null) {
      receiver.close();
    }
    Optional<PostgresServer> left = PostgresServer.running(directory.resolve("postgresql"));
    if (left.isPresent()) {
      left.get().close();
    }
  }

  @Test
  void a_shop_that_is_killed_amid_orders_loses_none_of_their_events() throws Exception {
    ShopProcess first = start();
    subscribe(first);
    List<Future<?>> ordering = order(first);
    assertThat(enough.await(ShopProcess.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    first.kill();
    Set<Long> before = Set.copyOf(taken);
    killed.countDown();
    for (Future<?> customer : ordering) {
      customer.get();
    }

    ShopProcess second = start();
    Set<Long> committed = orders(second);
    assertThat(committed).containsAll(acknowledged);
    assertThat(before).as("the kill left something to do").hasSizeLessThan(committed.size());
    awaitTaken(committed.size());
    ProcessHandle database = database();
    second.close();
    assertThat(taken).as("all that was committed, and nothing else").isEqualTo(committed);
    assertThat(database.onExit())
        .as("the end of the database, which may write what it has after the shop has ended")
        .succeedsWithin(PATIENCE);
  }

  /** The first line of the file is the number of the server's process. */
  private ProcessHandle database() throws IOException {
    Path running = directory.resolve("postgresql/postmaster.pid");
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(running).get(0).strip()))
        .orElseThrow();
  }

  private ShopProcess start() throws Exception {
    ShopProcess shop = ShopProcess.start(directory);
    shops.add(shop);
    return shop;
  }

  /** Takes some; then it lets the shop wait until that is killed, and forgets what it was told. */
  private boolean take(DemoReceiver.Arrival arrival) {
    if (killed.getCount() > 0 && taken.size() >= TAKEN_BEFORE_THE_KILL) {
      try {
        killed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    }
    synchronized (taken) {
      taken.add(JsonPath.<Number>read(arrival.body(), "$.data.orderId").longValue());
      taken.notifyAll();
    }
    return true;
  }

  private void awaitTaken(int orders) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    synchronized (taken) {
      while (taken.size() < orders && System.nanoTime() < end) {
        taken.wait(PATIENCE.toMillis());
      }
    }
  }

  private void subscribe(ShopProcess shop) throws Exception {
    String draft = "{\"url\":\"%s\",\"events\":[\"order.*\"],\"secret\":\"%s\"}";
    assertThat(shop.post("/api/v1/webhooks", draft.formatted(receiver.url(), DemoReceiver.SECRET))
            .statusCode())
        .isEqualTo(201);
  }

  private List<Future<?>> order(ShopProcess shop) {
    List<Future<?>> ordering = new ArrayList<>();
    for (int i = 0; i < CUSTOMERS; i++) {
      ordering.add(customers.submit(() -> orderUntilKilled(shop)));
    }
    return ordering;
  }

  private Void orderUntilKilled(ShopProcess shop) throws InterruptedException {
    try {
      while (true) {
        var answer = shop.post("/api/orders", "{\"item\":\"mug\",\"quantity\":1}");
        assertThat(answer.statusCode()).isEqualTo(201);
        acknowledged.add(JsonPath.<Number>read(answer.body(), "$.id").longValue());
        enough.countDown();
      }
    } catch (IOException e) {
      // That was the kill: this order may have been committed or not, nobody was told.
      return null;
    }
  }

  private static Set<Long> orders(ShopProcess shop) throws Exception {
    TreeSet<Long> all = new TreeSet<>();
    Set<Long> page = new HashSet<>();
    do {
      page.clear();
      String body =
          shop.get("/api/orders?after=" + (all.isEmpty() ? 0 : all.last())).body();
      JsonPath.<List<Number>>read(body, "$[*].id").forEach(id -> page.add(id.longValue()));
      all.addAll(page);
    } while (!page.isEmpty());
    return all;
  }
}
