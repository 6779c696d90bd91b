package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.EngineTrouble;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.Closing;
import java.net.InetAddress;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * An engine on a PostgreSQL whose clock jumps: a function in the schema, which comes before the
 * system's, shows another time.
 */
class JdbcClockJumpTest {
  private static final Duration DAYS = Duration.ofDays(6);

  private final Rounds rounds = new Rounds();
  private HikariDataSource pool;
  private Webhooks webhooks;
  private AccountWebhooks acme;
  private String webhook;
  private Duration passed = Duration.ZERO;
  private Duration jump = Duration.ZERO;

  @BeforeEach
  void start() throws SQLException {
    String schema = TestPostgres.schema();
    pool = TestPostgres.pool(schema + ",pg_catalog", 3);
    execute("create table clock_offset (seconds bigint not null)");
    execute("insert into clock_offset values (0)");
    execute("create function clock_timestamp() returns timestamptz language sql volatile as $$"
        + " select pg_catalog.clock_timestamp() + seconds * interval '1 second'"
        + " from clock_offset $$");
    webhooks = instance();
    acme = webhooks.account("acme");
    webhook = acme.create(WebhookDraft.to("https://hooks.acme.example/in").events("*"))
        .webhook()
        .id();
  }

  private Webhooks instance() {
    return Webhooks.builder()
        .store(JdbcWebhookStore.on(pool))
        .transport((request, timeout) -> TransportResult.answered(200, new byte[0], null))
        .events(EventCatalog.acceptingAny())
        .secretCipher(SecretCipher.none())
        .resolver(host -> List.of(InetAddress.getByAddress(host, new byte[] {8, 8, 8, 8})))
        .ticker(() -> System.nanoTime() + passed.toNanos())
        .taskRunner(rounds)
        .closeGrace(Duration.ZERO)
        .build();
  }

  @AfterEach
  void close() throws Exception {
    Closing.all(webhooks, pool);
  }

  @Test
  void nothing_ends_while_the_clock_is_wrong_for_seconds() throws SQLException {
    webhooks.start();
    publishAndPause();
    jump(DAYS);
    keepHouseFor(Duration.ofSeconds(12));
    final List<EngineTrouble> troubles = webhooks.health().troubles();
    jump(Duration.ZERO);
    keepHouseFor(Duration.ofSeconds(12));

    assertThat(log())
        .extracting(Delivery::status)
        .containsExactly(DeliveryStatus.PENDING, DeliveryStatus.SUCCESS);
    assertThat(troubles)
        .extracting(EngineTrouble::message)
        .containsExactly("the database's clock is 6 days ahead of the time before");
    assertThat(webhooks.health().troubles()).isEmpty();
  }

  @Test
  void nothing_ends_in_an_instance_that_starts_meanwhile() throws SQLException {
    publishAndPause();
    webhooks.close();
    jump(DAYS);
    webhooks = instance();
    acme = webhooks.account("acme");
    webhooks.start();
    keepHouseFor(Duration.ofSeconds(12));
    final List<EngineTrouble> troubles = webhooks.health().troubles();
    jump(Duration.ZERO);
    keepHouseFor(Duration.ofSeconds(12));

    assertThat(log()).hasSize(2).noneMatch(delivery -> delivery.error() != null);
    assertThat(troubles)
        .extracting(EngineTrouble::message)
        .containsExactly("the database's clock is 6 days ahead of the machine's");
    assertThat(webhooks.health().troubles()).isEmpty();
  }

  @Test
  void request_is_repeated_by_an_instance_that_starts_meanwhile() throws SQLException {
    WebhookDraft draft = WebhookDraft.to("https://hooks.acme.example/other").events("*");
    String first = acme.withIdempotencyKey("key").create(draft).webhook().id();
    jump(DAYS);
    try (Webhooks late = instance()) {
      AccountWebhooks again = late.account("acme").withIdempotencyKey("key");

      assertThat(again.create(draft).webhook().id()).isEqualTo(first);
    }
  }

  @Test
  void clock_that_has_held_its_time_is_believed() throws SQLException {
    webhooks.start();
    publishAndPause();
    jump(DAYS);
    keepHouseFor(Duration.ofMinutes(9));
    assertThat(log()).noneMatch(delivery -> delivery.error() != null);

    keepHouseFor(Duration.ofMinutes(2));

    assertThat(log()).extracting(Delivery::error).contains(DeliveryError.EXPIRED);
    assertThat(webhooks.health().troubles()).isEmpty();
  }

  /** Leaves a delivery that was made, if the instance sends, and one that waits. */
  private void publishAndPause() {
    acme.publish(Event.of("order.paid", Map.of()));
    rounds.attempts();
    rounds.round("webhooks-completer");
    acme.update(webhook, WebhookPatch.empty().status(WebhookStatus.PAUSED));
    acme.publish(Event.of("order.paid", Map.of()));
  }

  private List<Delivery> log() {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data();
  }

  private void jump(Duration by) throws SQLException {
    jump = by;
    setClock();
  }

  private void setClock() throws SQLException {
    execute("update clock_offset set seconds = " + passed.plus(jump).toSeconds());
  }

  /** Lets time pass for the database and the monotonic clock, with rounds every 10 seconds. */
  private void keepHouseFor(Duration duration) throws SQLException {
    Duration end = passed.plus(duration);
    while (passed.compareTo(end) < 0) {
      passed = passed.plusSeconds(10);
      setClock();
      for (String loop : List.of("heartbeat", "poller", "housekeeper", "clean-up", "health")) {
        rounds.round("webhooks-" + loop);
      }
    }
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Runs single rounds of single loops, and attempts, on the calling thread when told. */
  private static final class Rounds implements TaskRunner {
    private final Map<String, LoopBody> loops = new HashMap<>();
    private final Queue<Runnable> attempts = new ArrayDeque<>();

    @Override
    public Loop loop(String name, LoopBody body) {
      loops.put(name, body);
      return new Loop() {
        @Override
        public void wake() {}

        @Override
        public boolean stop(Duration timeout) {
          return true;
        }
      };
    }

    @Override
    public void execute(Runnable attempt) {
      attempts.add(attempt);
    }

    @Override
    public void close() {}

    void round(String loop) {
      LoopBody body = loops.get(loop);
      if (body != null) {
        try {
          body.run();
        } catch (InterruptedException e) {
          throw new IllegalStateException(loop + " was interrupted", e);
        }
      }
    }

    void attempts() {
      for (Runnable next = attempts.poll(); next != null; next = attempts.poll()) {
        next.run();
      }
    }
  }
}
