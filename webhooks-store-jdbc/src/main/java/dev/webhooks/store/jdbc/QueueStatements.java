package dev.webhooks.store.jdbc;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements on the queue, in the form that is fast on one database. */
interface QueueStatements {
  /** The owner of rows that too many instances died owning; no instance claims them. */
  long POISONED = -1;

  /**
   * Inserts events and their deliveries; skips events that exist already.
   *
   * @param budget the maximum number of locks on given ids in the transaction, where they are
   *     scarce
   * @return the ids of the events that were inserted
   * @throws EventIdBusyException if an open transaction is inserting one of the given ids; then
   *     nothing is inserted
   */
  Set<UUID> insertEvents(Sql sql, List<NewEvent> events, LockBudget budget)
      throws SQLException, EventIdBusyException;

  List<ClaimedDelivery> claim(Sql sql, ClaimRequest request) throws SQLException;

  /** Claims the named rows that are not owned and were never attempted. */
  List<ClaimRef> claimById(Sql sql, long owner, Collection<DeliveryRef> rows) throws SQLException;

  /**
   * Writes the outcomes of attempts for the rows whose claim is unchanged.
   *
   * @param outcomes in the order in which the attempts count for the statistics
   */
  Set<UUID> finish(Sql sql, long owner, List<AttemptOutcome> outcomes, Instant now)
      throws SQLException;

  /**
   * Finds rows without an owner that will never be sent, and locks them where the database can.
   *
   * @param expiry deliveries created before it have expired
   */
  List<Unsendable> findUnsendable(Sql sql, Instant expiry, int limit) throws SQLException;

  /** Removes rows from the queue whose owner and claim are unchanged. */
  List<RemovedRow> remove(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException;

  /** Releases rows whose owner and claim are unchanged. */
  int release(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException;

  /** Rescues rows of a dead instance and counts the rescue in each row. */
  int rescue(Sql sql, long owner, int limit) throws SQLException;

  record Unsendable(ClaimRef claim, UnsendableReason reason) {}

  enum UnsendableReason {
    DELETED(null),
    WEBHOOK_FAILED(DeliveryError.WEBHOOK_FAILED),
    EXPIRED(DeliveryError.EXPIRED),
    LOST(DeliveryError.LOST),
    INTERRUPTED(DeliveryError.INTERRUPTED);

    private final @Nullable DeliveryError error;

    UnsendableReason(@Nullable DeliveryError error) {
      this.error = error;
    }

    /** Returns the error for the log; null if the row is dropped without one. */
    @Nullable
    DeliveryError error() {
      return error;
    }
  }

  /** A conflict with an open transaction that inserts an event with the same id. */
  final class EventIdBusyException extends Exception {
    private static final long serialVersionUID = 1L;

    EventIdBusyException() {
      super("another open transaction is storing the event", null, false, false);
    }
  }
}
