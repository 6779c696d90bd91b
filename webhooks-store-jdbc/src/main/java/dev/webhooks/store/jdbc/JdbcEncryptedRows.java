package dev.webhooks.store.jdbc;

import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The encrypted values in the tables. They are read without locks; changes lock single rows, a
 * hundred in a transaction.
 */
final class JdbcEncryptedRows implements EncryptedRows {
  private static final int LOCKS = 100;

  private static final byte[] FIRST = {SecretCipher.FIRST_MARK};
  private static final byte[] LAST = {SecretCipher.LAST_MARK};

  private static final String ANY = """
      select w.number from {webhook} w
      where w.deleted is null and substring(w.secret from 1 for 1) >= ?
        and substring(w.secret from 1 for 1) <= ?
      limit 1""";

  private static final String WEBHOOKS = "select " + JdbcRegistry.CONFIGURATION + """

       from {webhook} w where w.number > ? and w.deleted is null order by w.number limit ?""";

  private static final String WEBHOOK = "select " + JdbcRegistry.CONFIGURATION + """

       from {webhook} w where w.number = ? and w.deleted is null""";

  private static final String CHANGE_WEBHOOK = """
      update {webhook} set headers = ?, secret = ?, old_secret = ?, old_secret_until = ?
      where number = ?""";

  /** Repeats the condition on the account in a form for which the key's index is used. */
  private static final String ANSWERS = """
      select account, request_key, answer from {idempotency}
      where account >= ? and (account > ? or request_key > ?) and answer is not null
      order by account, request_key limit ?""";

  private static final String ANSWER = """
      select account, request_key, answer from {idempotency}
      where account = ? and request_key = ? and answer is not null""";

  private static final String CHANGE_ANSWER =
      "update {idempotency} set answer = ? where account = ? and request_key = ?";

  private final Database database;

  JdbcEncryptedRows(Database database) {
    this.database = database;
  }

  @Override
  public boolean any() {
    return run(sql -> sql.first(ANY, row -> true, FIRST, LAST).isPresent());
  }

  @Override
  public List<WebhookConfiguration> webhooks(long after, int limit) {
    return run(sql -> sql.list(WEBHOOKS, JdbcRegistry::configuration, after, limit));
  }

  @Override
  public Map<Long, Boolean> changeWebhooks(
      Collection<Long> webhooks,
      Function<WebhookConfiguration, Optional<WebhookConfiguration>> rule) {
    // Sorted, so that two instances that do the same cannot deadlock.
    List<Long> ordered = List.copyOf(new TreeSet<>(webhooks));
    return inParts(ordered, (sql, webhook) -> {
      Optional<WebhookConfiguration> before = sql.first(
          WEBHOOK + sql.dialect.forUpdateSkipLocked(), JdbcRegistry::configuration, webhook);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      Optional<WebhookConfiguration> after = rule.apply(before.get());
      return Optional.of(after.isPresent() && change(sql, webhook, after.get()));
    });
  }

  private static boolean change(Sql sql, long webhook, WebhookConfiguration after)
      throws SQLException {
    return sql.update(
            CHANGE_WEBHOOK,
            after.headers(),
            after.secret(),
            after.oldSecret(),
            after.oldSecretUntil(),
            webhook)
        == 1;
  }

  @Override
  public List<StoredAnswer> answers(IdempotencyKey after, int limit) {
    Key account = new Key(after.account());
    return run(sql -> sql.list(
        ANSWERS, JdbcEncryptedRows::answer, account, account, new Key(after.key()), limit));
  }

  @Override
  public Map<IdempotencyKey, Boolean> changeAnswers(
      Collection<IdempotencyKey> keys, Function<byte[], Optional<byte[]>> rule) {
    return inParts(List.copyOf(keys), (sql, key) -> {
      Key account = new Key(key.account());
      Key name = new Key(key.key());
      Optional<StoredAnswer> before = sql.first(
          ANSWER + sql.dialect.forUpdateSkipLocked(), JdbcEncryptedRows::answer, account, name);
      if (before.isEmpty()) {
        return Optional.empty();
      }
      Optional<byte[]> after = rule.apply(before.get().answer());
      return Optional.of(
          after.isPresent() && sql.update(CHANGE_ANSWER, after.get(), account, name) == 1);
    });
  }

  private static StoredAnswer answer(Row row) throws SQLException {
    return new StoredAnswer(
        new IdempotencyKey(row.key("account"), row.key("request_key")), row.bytes("answer"));
  }

  /** Runs a step for each element, several in one transaction. */
  private <T> Map<T, Boolean> inParts(List<T> elements, Step<T> step) {
    Map<T, Boolean> changed = new HashMap<>();
    for (List<T> part : JdbcDeliveryQueue.parts(elements, LOCKS)) {
      changed.putAll(run(sql -> {
        Map<T, Boolean> changedInPart = new HashMap<>();
        for (T element : part) {
          step.change(sql, element).ifPresent(done -> changedInPart.put(element, done));
        }
        return changedInPart;
      }));
    }
    return changed;
  }

  private <T> T run(Dialect.Work<T> work) {
    return database.run(Dialect.Purpose.RETENTION, work);
  }

  /** A change of one element: returns whether it changed, or empty if it is locked or gone. */
  @FunctionalInterface
  private interface Step<T> {
    Optional<Boolean> change(Sql sql, T element) throws SQLException;
  }
}
