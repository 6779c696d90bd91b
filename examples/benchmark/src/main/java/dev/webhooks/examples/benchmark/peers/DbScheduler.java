package dev.webhooks.examples.benchmark.peers;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.webhooks.examples.benchmark.peers.DbSchedulerTables.Attempt;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Webhooks as one would build them on db-scheduler: a one-time task for each delivery that holds
 * the payload, OkHttp in its handler, and a row for the attempt in the transaction that removes the
 * task. Its endpoints are in memory: it has no registry, no matching and no log to list. Tuned for
 * throughput as its documentation says, and spared Java serialization and the look for an existing
 * task.
 */
final class DbScheduler implements Sender {
  private static final String TASK = "deliver";

  private final SignedPost post;
  private final DbSchedulerTables tables;
  private final BoundDataSource database;
  private final Scheduler scheduler;
  private final String settings;
  private volatile List<String> urls = List.of();

  DbScheduler(SenderOptions options) throws Exception {
    post = new SignedPost(options.certificate());
    tables = new DbSchedulerTables(options.database(), options.product());
    tables.create();
    database = new BoundDataSource(options.database());
    SchedulerBuilder builder = Scheduler.create(
            database, Tasks.custom(TASK, byte[].class).execute((task, context) -> deliver(task)))
        .threads(options.threads())
        .serializer(new PlainBytes())
        .enableImmediateExecution()
        .pollingInterval(Duration.ofMillis(100))
        .alwaysPersistTimestampInUTC();
    boolean locks = options.product().equals("postgresql");
    scheduler =
        (locks ? builder.pollUsingLockAndFetch(1, 4) : builder.pollUsingFetch(1, 4)).build();
    settings = options.threads() + " threads, " + (locks ? "lock-and-fetch" : "fetch")
        + " between 1 and 4 times the threads, immediate execution, polling every 100 ms";
    scheduler.start();
  }

  @Override
  public String settings() {
    return settings;
  }

  @Override
  public void subscribe(List<String> newUrls) {
    urls = List.copyOf(newUrls);
  }

  @Override
  public void publish(int topic, byte[] payload) {
    String id = UUID.randomUUID() + "/";
    boolean toAll = topic == EVERY_ENDPOINT;
    List<TaskInstance<?>> tasks = IntStream.range(
            toAll ? 0 : topic, toAll ? urls.size() : topic + 1)
        .<TaskInstance<?>>mapToObj(endpoint -> new TaskInstance<>(TASK, id + endpoint, payload))
        .toList();
    scheduler.scheduleBatch(tasks, Instant.now());
  }

  @Override
  public Runnable publish(Connection transaction, int topic, byte[] payload) {
    database.with(transaction, () -> publish(topic, payload));
    return scheduler::triggerCheckForDueExecutions;
  }

  private CompletionHandler<byte[]> deliver(TaskInstance<byte[]> task) {
    String[] id = task.getId().split("/");
    int endpoint = Integer.parseInt(id[1]);
    long began = System.nanoTime();
    int status = post.send(urls.get(endpoint), id[0], task.getData());
    long millis = (System.nanoTime() - began) / 1_000_000;
    Attempt attempt = new Attempt(task.getId(), endpoint, millis, status);
    // Removing the task commits, and the row of the attempt with it.
    return (complete, operations) ->
        tables.insert(attempt, transaction -> database.with(transaction, operations::stop));
  }

  @Override
  public boolean isIdle() throws Exception {
    return tables.isEmpty();
  }

  @Override
  public void close() {
    scheduler.stop();
    post.close();
  }
}
