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
  /** Of several at once one changes the row; the others then find it young. */
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
  private final Undo undo;

  JdbcIdempotencyCache(Sql sql, Undo undo) {
    this.sql = sql;
    this.undo = undo;
  }

  @Override
  public Reservation reserve(
      IdempotencyKey key,
      Fingerprint fingerprint,
      UUID token,
      Instant now,
      Instant certain,
      @Nullable Instant busyUntil) {
    // The age of a key is the difference of two times that can both be stored.
    Instant present = Dialect.storable(now);
    Instant sure = Dialect.storable(certain);
    return undo.writing(() -> sql.dialect
        .patiently(sql, PATIENCE, s -> take(key, fingerprint, token, present, sure, busyUntil))
        .orElseGet(Reservation.Busy::new));
  }

  /**
   * Looks before it changes anything: a key that is in use needs no lock, and MariaDB would also
   * lock the place of a row that is not there.
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
    undo.writing(
        () -> sql.update(ANSWER, answer, new Key(key.account()), new Key(key.key()), token));
  }

  /** The use of a key. */
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

    /** A use that is tried again after a lost commit finds its own token. */
    Reservation seenBy(UUID mine) {
      return answer == null && token.equals(mine)
          ? new Reservation.Taken()
          : new Reservation.Used(fingerprint, answer);
    }
  }
}
