package dev.webhooks.store.jdbc;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.idempotency.IdempotencyCache;
import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.internal.time.Instants;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Idempotency keys, within one transaction. */
final class JdbcIdempotencyCache implements IdempotencyCache {
  /** Replaces an expired key; of several transactions, one changes the row. */
  private static final String TAKE_OVER = """
      update {idempotency} set token = ?, fingerprint = ?, answer = null, busy_until = ?,
        created = ?
      where account = ? and request_key = ?
        and (created <= ? or (answer is null and busy_until <= ?))""";

  private static final String INSERT = """
      insert into {idempotency} (token, fingerprint, busy_until, created, account, request_key)
      values (?, ?, ?, ?, ?, ?)""";

  private static final String FIND = """
      select token, fingerprint, answer, busy_until, created from {idempotency}
      where account = ? and request_key = ?""";

  private static final String ANSWER = """
      update {idempotency} set answer = ?, busy_until = null
      where account = ? and request_key = ? and token = ?""";

  private final Sql sql;
  private final RevertibleWrites writes;

  JdbcIdempotencyCache(Sql sql, RevertibleWrites writes) {
    this.sql = sql;
    this.writes = writes;
  }

  @Override
  public Reservation reserve(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil) {
    // Both times must be storable, since their difference is the key's age.
    Instant present = Dialect.storable(now);
    Instant sure = Dialect.storable(certain);
    return writes.run(() -> sql.dialect
        .withLockTimeout(
            sql, PATIENCE, s -> take(key, fingerprint, token, present, sure, busyUntil))
        .orElseGet(Reservation.Busy::new));
  }

  /**
   * Reads before it writes: a key in use needs no lock, and MariaDB also locks the gap of a missing
   * row.
   */
  private Reservation take(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil)
      throws SQLException {
    Key account = new Key(key.account());
    Key name = new Key(key.key());
    byte[] print = fingerprint.bytes();
    Optional<Use> known = sql.first(FIND, Use::of, account, name);
    if (known.isPresent() && !known.get().isOver(certain)) {
      return known.get().seenBy(token);
    }
    boolean taken = known.isPresent()
        ? takeOver(account, name, print, token, now, certain, busyUntil)
        : sql.dialect.insertIfAbsent(sql, INSERT, token, print, busyUntil, now, account, name);
    if (taken) {
      return new Reservation.Taken();
    }
    return sql.first(sql.dialect.currentRead(FIND), Use::of, account, name)
        .map(use -> use.seenBy(token))
        .orElseGet(Reservation.Busy::new);
  }

  private boolean takeOver(
      Key account,
      Key name,
      byte[] print,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil)
      throws SQLException {
    Instant tooOld = Instants.minus(certain, LIFETIME);
    return sql.update(TAKE_OVER, token, print, busyUntil, now, account, name, tooOld, certain) == 1;
  }

  @Override
  public void answer(IdempotencyKey key, UUID token, byte[] answer) {
    writes.run(() -> sql.update(ANSWER, answer, new Key(key.account()), new Key(key.key()), token));
  }

  private record Use(
      UUID token,
      Fingerprint fingerprint,
      byte @Nullable [] answer,
      @Nullable Instant busyUntil,
      Instant created) {
    static Use of(Row row) throws SQLException {
      return new Use(
          row.uuid("token"),
          Fingerprint.fromBytes(row.bytes("fingerprint")),
          row.bytesOrNull("answer"),
          row.timeOrNull("busy_until"),
          row.time("created"));
    }

    /** Returns whether another use may take the key. */
    boolean isOver(Instant now) {
      boolean abandoned = answer == null && busyUntil != null && !busyUntil.isAfter(now);
      return abandoned || !created.isAfter(Instants.minus(now, LIFETIME));
    }

    /** Returns the result for a token. A repeat after a lost commit finds its own token. */
    Reservation seenBy(UUID mine) {
      return answer == null && token.equals(mine)
          ? new Reservation.Taken()
          : new Reservation.Used(fingerprint, answer);
    }
  }
}
