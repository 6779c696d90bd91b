package dev.webhooks.endtoend;

import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.Webhooks;
import dev.webhooks.model.EngineHealth;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Reencryption;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.canary.Canaries;
import dev.webhooks.testing.canary.CanaryProcess;
import dev.webhooks.testing.canary.CanaryRound;
import dev.webhooks.testing.canary.LoudParts;
import dev.webhooks.testing.canary.Sightings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The world of a round of canaries in which everything is real: database, threads, transport and
 * HTTPS. It reports the place of each canary that it sees, and its loggers print all they have. One
 * round is without a key, so that what is stored would be seen wherever it is shown, and one with a
 * key, after which the tables themselves are searched.
 *
 * <p>Arguments: file for the canaries, JDBC URL, whether to go the second round.
 */
final class CanarySender implements CanaryRound.World {
  private static final String PLAIN = "webhooks_";
  private static final String SEALED = "sealed_";

  private final RecordingReceiver receiver;
  private final HikariDataSource database;
  private final LoudParts parts;
  private final Webhooks webhooks;

  private CanarySender(
      RecordingReceiver receiver,
      HikariDataSource database,
      String tables,
      SecretCipher cipher,
      Sightings sightings) {
    this.receiver = receiver;
    this.database = database;
    parts = new LoudParts(sightings);
    webhooks = Webhooks.builder()
        .store(
            parts.store(JdbcWebhookStore.builder(database).tablePrefix(tables).build()))
        .transport(OkHttpTransport.builder().trust(receiver.certificate()).build())
        .allowTargets("localhost")
        .events(EventCatalog.acceptingAny())
        .retrySchedule(RetrySchedule.after())
        .secretCipher(parts.cipher(cipher))
        .listener(parts.listener())
        .build();
    webhooks.start();
  }

  public static void main(String[] arguments) throws Exception {
    Canaries canaries = new Canaries();
    Sightings sightings = new Sightings();
    try (RecordingReceiver receiver = new RecordingReceiver();
        HikariDataSource database = Databases.pool(arguments[1], 6)) {
      CanarySender sender =
          new CanarySender(receiver, database, PLAIN, SecretCipher.none(), sightings);
      sender.run(new CanaryRound(sender, canaries, sightings));
      sender.letTheDatabaseQuoteARow(canaries, sightings);
      sender.webhooks.close();
      if (Boolean.parseBoolean(arguments[2])) {
        searchTables(receiver, database, canaries, sightings);
      }
      System.out.println("requests received: " + receiver.count());
    }
    sightings.of(canaries).forEach(CanaryProcess::report);
    CanaryProcess.end(canaries, Path.of(arguments[0]));
  }

  private void run(CanaryRound round) {
    round.run();
    round.missing().forEach(CanaryProcess::report);
  }

  /**
   * Does all of it once more with a key, changes the key, and searches every column of every table.
   */
  private static void searchTables(
      RecordingReceiver receiver, HikariDataSource database, Canaries canaries, Sightings sightings)
      throws SQLException {
    SecretCipher oldKey = AesGcmSecretCipher.of(key(1));
    CanarySender sender = new CanarySender(receiver, database, SEALED, oldKey, sightings);
    sender.run(new CanaryRound(sender, canaries, sightings));
    sender.webhooks.close();
    search(database, canaries, "before the key was changed");

    SecretCipher bothKeys = AesGcmSecretCipher.of(key(2), key(1));
    CanarySender changing = new CanarySender(receiver, database, SEALED, bothKeys, sightings);
    Reencryption done = changing.webhooks.reencrypt();
    changing.webhooks.close();
    if (!done.complete() || done.webhooks() == 0 || done.answers() == 0) {
      CanaryProcess.report("the key was not changed everywhere: " + done);
    }
    search(database, canaries, "after the key was changed");
  }

  /** Searches what is encrypted, and what is not to prove that the search finds something. */
  private static void search(HikariDataSource database, Canaries canaries, String when)
      throws SQLException {
    canaries
        .in(Databases.dump(database, SEALED))
        .forEach(name -> CanaryProcess.report(name + " is in the database " + when));
    if (canaries.in(Databases.dump(database, PLAIN)).size() < 4) {
      CanaryProcess.report("the search of the database does not find what is in it");
    }
  }

  private static byte[] key(int seed) {
    byte[] key = new byte[AesGcmSecretCipher.KEY_BYTES];
    Arrays.fill(key, (byte) seed);
    return key;
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
    long end = System.nanoTime() + Patience.LONG.toNanos();
    for (EngineHealth health = webhooks.health();
        health.databaseReachable() && health.pending() > 0 && System.nanoTime() - end < 0;
        health = webhooks.health()) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
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
