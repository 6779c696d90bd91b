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

/** The statements that decide how fast deliveries pass, in the form that suits one database. */
interface HotStatements {
  /** The owner of rows that nobody may claim, since too many instances died owning them. */
  long POISONED = -1;

  /**
   * Inserts events and their deliveries, skipping events that exist already.
   *
   * @param budget how many locks on given ids the transaction may hold, where they are scarce
   * @return the ids of the events stored now
   * @throws EventIdBusyException if an open transaction is storing one of the given ids; nothing is
   *     stored then
   */
  Set<UUID> insertEvents(Sql sql, List<NewEvent> events, LockBudget budget)
      throws SQLException, EventIdBusyException;

  List<ClaimedDelivery> claim(Sql sql, ClaimRequest request) throws SQLException;

  /** Takes the named rows as far as nobody owns them and none was attempted. */
  List<ClaimRef> claimById(Sql sql, long owner, Collection<DeliveryRef> rows) throws SQLException;

  /**
   * Writes what attempts came to, from the rows that the fence lets through alone.
   *
   * @param outcomes in the order in which the attempts count for the statistics
   */
  Set<UUID> finish(Sql sql, long owner, List<AttemptOutcome> outcomes, Instant now)
      throws SQLException;

  /**
   * Finds rows that nobody owns and that will never be sent, and locks them where that is possible.
   *
   * @param expiry deliveries created before have expired
   */
  List<Doomed> findUnsendable(Sql sql, Instant expiry, int limit) throws SQLException;

  /** Removes rows from the queue if their owner and claim are still as they were seen. */
  List<Removed> remove(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException;

  /** Releases rows as far as owner and claim are as named. */
  int release(Sql sql, long owner, Collection<ClaimRef> rows) throws SQLException;

  /** Rescues rows of a dead instance, and counts that in each. */
  int rescue(Sql sql, long owner, int limit) throws SQLException;

  /** A row to end and why. */
  record Doomed(ClaimRef claim, UnsendableReason reason) {}

  /** Why a row will never be sent. */
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

    /** Returns what the log says; null if the row is dropped without a trace. */
    @Nullable
    DeliveryError error() {
      return error;
    }
  }

  /** Thrown if an open transaction is storing an event with the same id. */
  final class EventIdBusyException extends Exception {
    private static final long serialVersionUID = 1L;

    EventIdBusyException() {
      super("another open transaction is storing the event", null, false, false);
    }
  }
}
