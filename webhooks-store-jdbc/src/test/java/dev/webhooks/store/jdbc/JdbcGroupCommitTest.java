package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.testing.Patience;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Many threads that publish to a real PostgreSQL. */
class JdbcGroupCommitTest {
  private static final int THREADS = 64;
  private static final int EACH = 20;

  private final AtomicInteger commits = new AtomicInteger();

  @Test
  void threads_that_publish_at_the_same_time_share_commits() throws Exception {
    try (HikariDataSource pool = TestPostgres.pool(TestPostgres.schema(), 4);
        Webhooks webhooks = Webhooks.builder()
            .store(JdbcWebhookStore.on(counting(pool)))
            .transport(OkHttpTransport.create())
            .events(EventCatalog.acceptingAny())
            .allowTargets("127.0.0.1")
            .sending(false)
            .build()) {
      webhooks.start();
      for (int number = 0; number < 4; number++) {
        account(webhooks, number).create(WebhookDraft.to("https://127.0.0.1/").events("order.*"));
      }
      commits.set(0);

      List<PublishResult> results = publishAll(webhooks);

      assertThat(results).hasSize(THREADS * EACH).allMatch(result -> result.deliveries() == 1);
      assertThat(results).extracting(PublishResult::eventId).doesNotHaveDuplicates();
      assertThat(webhooks.health().pending()).isEqualTo(THREADS * EACH);
      assertThat(commits).hasValueLessThan(THREADS * EACH / 4);
    }
  }

  private DataSource counting(HikariDataSource pool) {
    return Wrapped.dataSource(
        pool::getConnection,
        connection -> Wrapped.watched(connection, method -> {
          if (method.equals("commit")) {
            commits.incrementAndGet();
          }
        }));
  }

  private static AccountWebhooks account(Webhooks webhooks, int number) {
    return webhooks.account("account-" + number % 4);
  }

  private static List<PublishResult> publishAll(Webhooks webhooks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<List<PublishResult>>> works = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int number = thread;
        works.add(threads.submit(() -> publish(account(webhooks, number))));
      }
      List<PublishResult> results = new ArrayList<>();
      for (Future<List<PublishResult>> work : works) {
        results.addAll(work.get(Patience.SECONDS, TimeUnit.SECONDS));
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<PublishResult> publish(AccountWebhooks account) {
    List<PublishResult> results = new ArrayList<>();
    for (int number = 0; number < EACH; number++) {
      results.add(account.publish(Event.of("order.paid", Map.of("orderId", number))));
    }
    return results;
  }
}
