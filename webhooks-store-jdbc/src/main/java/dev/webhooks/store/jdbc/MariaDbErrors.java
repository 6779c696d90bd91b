package dev.webhooks.store.jdbc;

import static dev.webhooks.store.jdbc.SqlErrors.Meaning.AWAY;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.CONFLICT;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.DISCONNECTED;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.DUPLICATE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.LOCK_TIMEOUT;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.NO_TABLE;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.OUTDATED;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.READ_ONLY;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.REFUSED;
import static dev.webhooks.store.jdbc.SqlErrors.Meaning.TOO_SLOW;
import static java.util.Map.entry;

import dev.webhooks.store.jdbc.SqlErrors.Meaning;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error codes of MariaDB with a more precise meaning than their SQL state, which is mostly
 * HY000.
 */
final class MariaDbErrors {
  static final Map<Integer, Meaning> CODES = Map.ofEntries(
      entry(1020, CONFLICT), // row changed since the snapshot was taken
      entry(1213, CONFLICT), // deadlock; on Galera, another node was first
      entry(1412, CONFLICT), // table definition changed since the snapshot was taken
      entry(1402, CONFLICT), // XA branch rolled back
      entry(1613, CONFLICT), // XA branch rolled back: took too long
      entry(1614, CONFLICT), // XA branch rolled back: deadlock
      entry(3058, CONFLICT), // deadlock of named locks
      entry(1205, LOCK_TIMEOUT), // lock wait timeout
      entry(1689, LOCK_TIMEOUT), // wait aborted by a pending exclusive lock

      // The server has ended the session, or ends all of them.
      entry(1053, DISCONNECTED), // server shutdown in progress
      entry(1077, DISCONNECTED), // normal shutdown
      entry(1078, DISCONNECTED), // got a signal
      entry(1079, DISCONNECTED), // shutdown complete
      entry(1080, DISCONNECTED), // forcing close of a thread
      entry(1152, DISCONNECTED), // aborted connection
      entry(1154, DISCONNECTED), // read error from the pipe
      entry(1155, DISCONNECTED), // error from fcntl
      entry(1156, DISCONNECTED), // packets out of order
      entry(1157, DISCONNECTED), // packet not uncompressed
      entry(1158, DISCONNECTED), // error reading packets
      entry(1159, DISCONNECTED), // timeout reading packets: wait_timeout and its like
      entry(1160, DISCONNECTED), // error writing packets
      entry(1161, DISCONNECTED), // timeout writing packets
      entry(1184, DISCONNECTED), // aborted connection
      entry(1927, DISCONNECTED), // connection was killed
      entry(1317, TOO_SLOW), // query interrupted
      entry(1969, TOO_SLOW), // max_statement_time exceeded

      // Out of disk, memory, files, threads, locks, connections.
      entry(1016, AWAY), // file not opened
      entry(1021, AWAY), // disk full
      entry(1023, AWAY), // error on close
      entry(1024, AWAY), // error on read
      entry(1026, AWAY), // error on write
      entry(1028, AWAY), // sort aborted
      entry(1030, AWAY), // error of the storage engine
      entry(1037, AWAY), // out of memory
      entry(1038, AWAY), // out of memory for sorting
      entry(1040, AWAY), // too many connections
      entry(1041, AWAY), // out of memory
      entry(1114, AWAY), // table full
      entry(1135, AWAY), // no new thread
      entry(1180, AWAY), // error during commit
      entry(1181, AWAY), // error during rollback
      entry(1203, AWAY), // too many connections of the user
      entry(1206, AWAY), // more locks than there is room for
      entry(1226, AWAY), // a limit of the user exceeded
      entry(1461, AWAY), // too many prepared statements
      entry(1587, AWAY), // too many open files
      entry(1637, AWAY), // too many transactions
      entry(1878, AWAY), // temporary file not written
      entry(3015, AWAY), // storage engine out of memory
      entry(4139, AWAY), // index file full

      // The server takes no writes, or nothing at all.
      entry(1036, AWAY), // table is read-only
      entry(1047, AWAY), // Galera: the node is not ready
      entry(1290, AWAY), // --read-only
      entry(1836, AWAY), // running in read-only mode
      entry(1874, AWAY), // InnoDB is in read-only mode
      entry(1792, READ_ONLY), // read-only transaction
      entry(1243, OUTDATED), // unknown prepared statement
      entry(1615, OUTDATED), // prepared statement needs to be re-prepared
      entry(1046, NO_TABLE), // no database selected
      entry(1049, NO_TABLE), // unknown database
      entry(1146, NO_TABLE), // no such table
      entry(1022, DUPLICATE), // duplicate key, in its wordings
      entry(1062, DUPLICATE),
      entry(1169, DUPLICATE),
      entry(1586, DUPLICATE),

      // Cuts the connection, but a repeat would do so again.
      entry(1153, REFUSED) // packet too large
      );

  private MariaDbErrors() {}

  static @Nullable Meaning meaning(SQLException fault) {
    return CODES.get(fault.getErrorCode());
  }
}
