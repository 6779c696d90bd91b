package dev.webhooks.endtoend;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.Webhooks;
import dev.webhooks.delivery.EngineHealth;
import dev.webhooks.delivery.RetrySchedule;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.canary.Canaries;
import dev.webhooks.testing.canary.CanaryProcess;
import dev.webhooks.testing.canary.CanaryRound;
import dev.webhooks.testing.canary.LoudParts;
import dev.webhooks.testing.canary.Sightings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The world of a round of canaries in which everything is real: database, threads, transport and
 * HTTPS. It reports the place of each canary that it sees, and its loggers print all they have.
 *
 * <p>Arguments: file for the canaries, JDBC URL.
 */
final class CanarySender implements CanaryRound.World {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final RecordingReceiver receiver;
  private final HikariDataSource database;
  private final LoudParts parts;
  private final Webhooks webhooks;

  private CanarySender(RecordingReceiver receiver, HikariDataSource database, Sightings sightings) {
    this.receiver = receiver;
    this.database = database;
    parts = new LoudParts(sightings);
    webhooks = Webhooks.builder()
        .store(parts.store(JdbcWebhookStore.on(database)))
        .transport(OkHttpTransport.builder().trust(receiver.certificate()).build())
        .allowTargets("localhost")
        .events(EventCatalog.acceptingAny())
        .retrySchedule(RetrySchedule.after())
        .secretCipher(parts.cipher())
        .listener(parts.listener())
        .build();
    webhooks.start();
  }

  public static void main(String[] arguments) throws Exception {
    Canaries canaries = new Canaries();
    Sightings sightings = new Sightings();
    try (RecordingReceiver receiver = new RecordingReceiver();
        HikariDataSource database = Databases.pool(arguments[1], 6)) {
      CanarySender sender = new CanarySender(receiver, database, sightings);
      CanaryRound round = new CanaryRound(sender, canaries, sightings);
      round.run();
      sender.letTheDatabaseQuoteARow(canaries, sightings);
      round.missing().forEach(CanaryProcess::report);
      sender.webhooks.close();
      System.out.println("requests received: " + receiver.count());
    }
    sightings.of(canaries).forEach(CanaryProcess::report);
    CanaryProcess.end(canaries, Path.of(arguments[0]));
  }

  /** Breaks a constraint: databases then say what the row was. */
  private void letTheDatabaseQuoteARow(Canaries canaries, Sightings sightings) throws SQLException {
    Databases.execute(
        database,
        "alter table webhooks_webhook add constraint no_such_name check (name <> 'forbidden')");
    WebhookDraft draft = WebhookDraft.to(liveUrl())
        .events("*")
        .name("forbidden")
        .header("X-Api-Key", canaries.make("header value in a refused row"))
        .secret(canaries.make("secret in a refused row"));
    try {
      webhooks.account("quoted").create(draft);
      throw new AssertionError("the constraint was not broken");
    } catch (IllegalStateException e) {
      sightings.thrown("create of a refused row", e);
      System.out.println("a row was refused: " + e.getMessage());
    }
  }

  @Override
  public Webhooks webhooks() {
    return webhooks;
  }

  @Override
  public LoudParts parts() {
    return parts;
  }

  @Override
  public String liveUrl() {
    return receiver.url();
  }

  @Override
  public String deadUrl() {
    return receiver.refusingUrl();
  }

  /** Waits until the queue is empty; not while the store fails, since nothing moves then. */
  @Override
  public void settle() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (EngineHealth health = webhooks.health();
        health.databaseReachable() && health.pending() > 0 && System.nanoTime() - end < 0;
        health = webhooks.health()) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  @Override
  public void inTransaction(Consumer<HostTransaction> work) {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      work.accept(JdbcTransaction.on(connection));
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
