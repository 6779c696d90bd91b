package dev.webhooks.store.jdbc;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.Retention;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;

/** The parts of a store whose database is known and supported. */
final class OpenedStore {
  final String product;
  final Database database;
  final DeliveryQueue queue;
  final DeliveryLog log;
  final Retention retention;
  final JdbcInstanceRegister instances;
  final HealthRegister health;
  final EncryptedRows encrypted;
  final HostFaults hostFaults;

  private OpenedStore(String product, Database database, DataSourceConnections pool) {
    this.product = product;
    this.database = database;
    queue = new JdbcDeliveryQueue(database);
    log = new JdbcDeliveryLog(database);
    retention = new JdbcRetention(database);
    instances = new JdbcInstanceRegister(
        database,
        () ->
            new HeartbeatConnection(pool, HeartbeatConnection.EXCHANGE_TIMEOUT, System::nanoTime));
    health = new JdbcHealthRegister(database);
    encrypted = new JdbcEncryptedRows(database);
    hostFaults = new HostFaults(database, product, pool);
  }

  /**
   * Connects once to find out which database it is.
   *
   * @throws StoreUnavailableException if there is no connection
   * @throws IllegalStateException if the database or its settings are not supported, naming them
   */
  static OpenedStore connect(
      DataSourceConnections pool, TableNames names, Duration statementTimeout) {
    try (Connection connection = pool.borrow();
        EngineTransaction transaction = EngineTransaction.on(connection, statementTimeout)) {
      UnsupportedDatabases.refuse(transaction.connection);
      DatabaseMetaData metaData = connection.getMetaData();
      Dialect dialect = Dialect.of(metaData, names);
      String product =
          metaData.getDatabaseProductName() + " " + metaData.getDatabaseProductVersion();
      dialect.unsupportedSettings(connection).ifPresent(fault -> {
        throw new IllegalStateException(
            "webhooks cannot be stored in " + product + " with " + fault);
      });
      return new OpenedStore(product, new Database(pool, dialect, names, statementTimeout), pool);
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "no connection to the database: " + FaultMessage.forNoConnection(e), false, e);
    }
  }

  Migrator migrator() {
    return new Migrator(database);
  }
}
