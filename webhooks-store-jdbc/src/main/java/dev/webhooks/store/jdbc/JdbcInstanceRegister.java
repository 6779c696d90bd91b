package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.InstanceRegister;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The running instances. Each keeps a connection until it leaves, is found dead or fails.
 * Thread-safe.
 */
final class JdbcInstanceRegister implements InstanceRegister, AutoCloseable {
  private static final String BEAT = "update {instance} set beat = beat + 1 where number = ?";
  private static final String BEATS = "select number, beat from {instance}";
  private static final String LEAVE = "delete from {instance} where number = ?";
  private static final String DECLARE_DEAD = "delete from {instance} where number = ? and beat = ?";

  private final Map<Long, HeartbeatConnection> connections = new ConcurrentHashMap<>();
  private final Supplier<HeartbeatConnection> newConnection;
  private final Database database;

  JdbcInstanceRegister(Database database, Supplier<HeartbeatConnection> newConnection) {
    this.database = database;
    this.newConnection = newConnection;
  }

  @Override
  public long register(String version) {
    String insert = "insert into {instance} (beat, started, version) values (0, "
        + database.dialect.currentTime() + ", ?)";
    return database.run(Dialect.Purpose.QUEUE, sql -> sql.insertNumbered(insert, version));
  }

  @Override
  public InstanceRegister.Beat beat(long instance) {
    HeartbeatConnection connection = connection(instance);
    database.ensureDurable(connection);
    InstanceRegister.Beat heartbeat =
        database.run(connection, Dialect.Purpose.QUEUE, sql -> beat(sql, instance));
    if (!heartbeat.alive()) {
      closeConnection(instance);
    }
    return heartbeat;
  }

  private static InstanceRegister.Beat beat(Sql sql, long instance) throws SQLException {
    boolean alive = sql.update(BEAT, instance) == 1;
    return new InstanceRegister.Beat(alive, currentTime(sql), beats(sql));
  }

  @Override
  public Map<Long, Long> beats() {
    return database.run(Dialect.Purpose.QUEUE, JdbcInstanceRegister::beats);
  }

  private static Map<Long, Long> beats(Sql sql) throws SQLException {
    Map<Long, Long> beats = new HashMap<>();
    sql.list(BEATS, row -> beats.put(row.bigint("number"), row.bigint("beat")));
    return Map.copyOf(beats);
  }

  private HeartbeatConnection connection(long instance) {
    return connections.computeIfAbsent(instance, number -> newConnection.get());
  }

  static Instant currentTime(Sql sql) throws SQLException {
    String now = "select " + sql.dialect.currentTime() + " as now";
    return sql.list(now, row -> row.time("now")).get(0);
  }

  @Override
  public void leave(long instance) {
    HeartbeatConnection connection = connections.get(instance);
    try {
      if (connection == null) {
        database.run(Dialect.Purpose.QUEUE, sql -> sql.update(LEAVE, instance));
      } else {
        database.run(connection, Dialect.Purpose.QUEUE, sql -> sql.update(LEAVE, instance));
      }
    } finally {
      closeConnection(instance);
    }
  }

  private void closeConnection(long instance) {
    HeartbeatConnection connection = connections.remove(instance);
    if (connection != null) {
      connection.close();
    }
  }

  /** Releases all kept connections; an instance that beats again keeps a new one. */
  @Override
  public void close() {
    connections.keySet().forEach(this::closeConnection);
  }

  @Override
  public boolean declareDead(long instance, long beatSeen) {
    boolean dead = database.run(
        Dialect.Purpose.QUEUE, sql -> sql.update(DECLARE_DEAD, instance, beatSeen) == 1);
    if (dead) {
      JdbcDeliveryQueue.rescue(database, instance);
    }
    return dead;
  }
}
