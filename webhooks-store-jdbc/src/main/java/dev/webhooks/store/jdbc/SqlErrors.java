package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;

/**
 * The meanings of errors. Each dialect knows the codes of its database; this class adds those of
 * drivers and pools.
 */
final class SqlErrors {
  private static final Set<String> LOST_CLASSES = Set.of("08");

  private static final Set<String> AWAY_CLASSES = Set.of("53", "58");

  /** Classes of SQL states after which the transaction was certainly rolled back. */
  private static final Set<String> ROLLED_BACK_CLASSES = Set.of("21", "22", "23", "25", "42");

  private SqlErrors() {}

  /** The meanings of a fault, by the right reaction. */
  enum Meaning {
    /** The transaction lost against another one; it can run again. */
    CONFLICT,
    /** A wait for a lock timed out. */
    LOCK_TIMEOUT,
    DISCONNECTED,
    /** The database did not answer in time. */
    TOO_SLOW,
    /** The database answers that it cannot work now. */
    AWAY,
    /** The transaction is read-only, or the server accepts no writes. */
    READ_ONLY,
    /** A statement was prepared before its tables changed; preparing it again helps. */
    OUTDATED,
    /** The connection finds no such table or schema. */
    NO_TABLE,
    /** The transaction failed earlier and can only be rolled back. */
    FAILED_BEFORE,
    /** A unique index already has the value. */
    DUPLICATE,
    /** The data or the statement is at fault. */
    REFUSED
  }

  static Meaning meaning(SQLException fault, Dialect dialect) {
    Meaning own = dialect.meaning(fault);
    if (own != null) {
      return own;
    }
    if (timedOut(fault)) {
      return Meaning.TOO_SLOW;
    }
    String sqlClass = classOf(stateOf(fault));
    if (disconnected(fault) || LOST_CLASSES.contains(sqlClass)) {
      return Meaning.DISCONNECTED;
    }
    return AWAY_CLASSES.contains(sqlClass) ? Meaning.AWAY : Meaning.REFUSED;
  }

  /** Returns whether a failed commit certainly stored nothing. */
  static boolean rolledBack(SQLException commitFault, Dialect dialect) {
    return meaning(commitFault, dialect) == Meaning.CONFLICT
        || ROLLED_BACK_CLASSES.contains(classOf(stateOf(commitFault)));
  }

  /** Converts a fault to the store's exception; the work was certainly not stored. */
  static RuntimeException notStored(SQLException fault, Dialect dialect) {
    String away = switch (meaning(fault, dialect)) {
      case OUTDATED, NO_TABLE, FAILED_BEFORE, DUPLICATE, REFUSED -> null;
      case CONFLICT -> "the transaction lost against other transactions";
      case LOCK_TIMEOUT -> "another transaction held a lock for too long";
      case TOO_SLOW -> "the database did not answer in time";
      case DISCONNECTED -> "the connection to the database was lost: " + FaultMessage.of(fault);
      case AWAY -> "the database cannot work now: " + FaultMessage.of(fault);
      case READ_ONLY ->
        "the database takes no writes now: it is a standby, or transactions are read-only by"
            + " its default or the user's";
    };
    return away == null
        ? new StoreFaultException(fault)
        : new StoreUnavailableException(away, false, fault);
  }

  private static boolean disconnected(SQLException fault) {
    return fault instanceof SQLTransientConnectionException
        || fault instanceof SQLNonTransientConnectionException
        || fault instanceof SQLRecoverableException
        || fault.getCause() instanceof IOException;
  }

  private static boolean timedOut(SQLException fault) {
    return fault instanceof SQLTimeoutException
        || fault.getCause() instanceof SocketTimeoutException;
  }

  private static String stateOf(SQLException fault) {
    return fault.getSQLState() == null ? "" : fault.getSQLState();
  }

  private static String classOf(String state) {
    return state.length() < 2 ? "" : state.substring(0, 2);
  }
}
