package dev.webhooks.store.jdbc;

import dev.webhooks.spi.store.Heartbeat;
import dev.webhooks.spi.store.InstanceRegister;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** The running instances. */
final class InstanceTable implements InstanceRegister {
  private static final String BEAT = "update {instance} set beat = beat + 1 where no = ?";
  private static final String BEATS = "select no, beat from {instance}";
  private static final String LEAVE = "delete from {instance} where no = ?";
  private static final String BURY = "delete from {instance} where no = ? and beat = ?";

  private final Database database;

  InstanceTable(Database database) {
    this.database = database;
  }

  @Override
  public long register(String version) {
    String insert = "insert into {instance} (beat, started, version) values (0, "
        + database.dialect.currentTime() + ", ?)";
    return database.run(Dialect.Purpose.QUEUE, sql -> sql.insertNumbered(insert, version));
  }

  @Override
  public Heartbeat beat(long instance) {
    database.ensureDurable();
    return database.run(Dialect.Purpose.QUEUE, sql -> {
      boolean alive = sql.update(BEAT, instance) == 1;
      Instant now = currentTime(sql);
      Map<Long, Long> beats = new HashMap<>();
      sql.list(BEATS, row -> beats.put(row.bigint("no"), row.bigint("beat")));
      return new Heartbeat(alive, now, Map.copyOf(beats));
    });
  }

  static Instant currentTime(Sql sql) throws SQLException {
    String now = "select " + sql.dialect.currentTime() + " as now";
    return sql.list(now, row -> row.time("now")).get(0);
  }

  @Override
  public void leave(long instance) {
    database.run(Dialect.Purpose.QUEUE, sql -> sql.update(LEAVE, instance));
  }

  @Override
  public boolean bury(long instance, long beatSeen) {
    boolean dead =
        database.run(Dialect.Purpose.QUEUE, sql -> sql.update(BURY, instance, beatSeen) == 1);
    if (dead) {
      QueueTables.releaseLost(database, instance);
    }
    return dead;
  }
}
