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

/** Tells what a database's or a driver's fault means. */
final class SqlErrors {
  /** Shutting down or starting up, out of resources, in fail-over, or a fault of the system. */
  private static final Set<String> AWAY_STATES = Set.of("57P01", "57P02", "57P03", "25006");

  private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "58");
  private static final Set<String> CONFLICT_STATES = Set.of("40001", "40P01");

  /** Classes whose errors say that the transaction was certainly rolled back. */
  private static final Set<String> ROLLED_BACK_CLASSES = Set.of("21", "22", "23", "25", "42");

  private SqlErrors() {}

  /** What to do about a fault. */
  enum Meaning {
    /** The transaction lost against another one and can be run again. */
    CONFLICT,
    /** Waited too long for a lock. */
    LOCK_TIMEOUT,
    /** The connection is gone. */
    DISCONNECTED,
    /** The database did not answer in time. */
    TOO_SLOW,
    /** The database answers that it cannot work now. */
    AWAY,
    /** A unique index has the value already. */
    DUPLICATE,
    /** Data or statement are at fault. */
    REFUSED
  }

  /** Returns what a fault means. */
  static Meaning meaning(SQLException fault, Dialect dialect) {
    String state = fault.getSQLState() == null ? "" : fault.getSQLState();
    Meaning own = dialect.meaning(fault);
    if (own != null) {
      return own;
    }
    if (CONFLICT_STATES.contains(state)) {
      return Meaning.CONFLICT;
    }
    if (state.startsWith("23505")) {
      return Meaning.DUPLICATE;
    }
    if (timedOut(fault)) {
      return Meaning.TOO_SLOW;
    }
    if (disconnected(fault, state)) {
      return Meaning.DISCONNECTED;
    }
    boolean away = AWAY_STATES.contains(state) || AWAY_CLASSES.contains(classOf(state));
    return away ? Meaning.AWAY : Meaning.REFUSED;
  }

  /** Returns whether a failed commit certainly stored nothing. */
  static boolean rolledBack(SQLException commitFault, Dialect dialect) {
    String state = commitFault.getSQLState() == null ? "" : commitFault.getSQLState();
    return meaning(commitFault, dialect) == Meaning.CONFLICT
        || ROLLED_BACK_CLASSES.contains(classOf(state));
  }

  /** Turns a fault into what the store throws; the work was certainly not stored. */
  static RuntimeException notStored(SQLException fault, Dialect dialect) {
    return switch (meaning(fault, dialect)) {
      case DUPLICATE, REFUSED -> new StoreFaultException(fault);
      case CONFLICT ->
        new StoreUnavailableException(
            "the transaction lost against other transactions", false, fault);
      case LOCK_TIMEOUT ->
        new StoreUnavailableException("another transaction held a lock for too long", false, fault);
      case TOO_SLOW ->
        new StoreUnavailableException("the database did not answer in time", false, fault);
      case DISCONNECTED ->
        new StoreUnavailableException("the connection to the database was lost", false, fault);
      case AWAY -> new StoreUnavailableException("the database cannot work now", false, fault);
    };
  }

  private static boolean disconnected(SQLException fault, String state) {
    return state.startsWith("08")
        || state.equals("57P01")
        || state.equals("57P02")
        || fault instanceof SQLTransientConnectionException
        || fault instanceof SQLNonTransientConnectionException
        || fault instanceof SQLRecoverableException
        || fault.getCause() instanceof IOException;
  }

  private static boolean timedOut(SQLException fault) {
    return fault instanceof SQLTimeoutException
        || "57014".equals(fault.getSQLState())
        || fault.getCause() instanceof SocketTimeoutException;
  }

  private static String classOf(String state) {
    return state.length() < 2 ? "" : state.substring(0, 2);
  }
}
