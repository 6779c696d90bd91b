package dev.webhooks.examples.springboot.shop;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Repository;

/** The shop's own tables. */
@Repository
class Orders {
  private final JdbcClient database;

  Orders(JdbcClient database) {
    this.database = database;
  }

  Order insert(String account, NewOrder order) {
    OffsetDateTime now = OffsetDateTime.now(Clock.systemUTC()).truncatedTo(ChronoUnit.MICROS);
    GeneratedKeyHolder id = new GeneratedKeyHolder();
    database
        .sql("insert into shop_order (account, item, quantity, placed_at) values (?, ?, ?, ?)")
        .params(account, order.item(), order.quantity(), now)
        .update(id, "id");
    return new Order(id.getKeyAs(Long.class), order.item(), order.quantity(), now.toInstant());
  }

  /** Returns false if there is not enough of the item. */
  boolean takeFromStock(NewOrder order) {
    return database
            .sql("update stock set available = available - ? where item = ? and available >= ?")
            .params(order.quantity(), order.item(), order.quantity())
            .update()
        == 1;
  }

  /** Returns an account's orders above a number, oldest first. */
  List<Order> after(String account, long id, int limit) {
    return database
        .sql("select id, item, quantity, placed_at from shop_order"
            + " where account = ? and id > ? order by id limit ?")
        .params(account, id, limit)
        .query((row, number) -> read(row))
        .list();
  }

  long count(String account) {
    return database
        .sql("select count(*) from shop_order where account = ?")
        .param(account)
        .query(Long.class)
        .single();
  }

  private static Order read(ResultSet row) throws SQLException {
    return new Order(
        row.getLong("id"),
        row.getString("item"),
        row.getInt("quantity"),
        row.getObject("placed_at", OffsetDateTime.class).toInstant());
  }
}
