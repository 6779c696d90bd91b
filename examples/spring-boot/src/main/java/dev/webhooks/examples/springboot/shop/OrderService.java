package dev.webhooks.examples.springboot.shop;

import dev.webhooks.Webhooks;
import java.util.List;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The operations on orders, each in one transaction. */
@Service
public class OrderService {
  private static final int PAGE = 1_000;

  private final Orders orders;
  private final Webhooks webhooks;

  OrderService(Orders orders, Webhooks webhooks) {
    this.orders = orders;
    this.webhooks = webhooks;
  }

  /**
   * Places an order. The row, the event and the stock that is left are committed together or not at
   * all: an order for more than there is has published its event by then, and nobody hears of it.
   *
   * @throws OutOfStockException if there is not enough of the item
   */
  @Transactional
  Order place(String account, NewOrder wanted) {
    Order order = orders.insert(account, wanted);
    webhooks.account(account).publish(ShopEvents.placed(order));
    if (!orders.takeFromStock(wanted)) {
      throw new OutOfStockException();
    }
    return order;
  }

  /** Returns an account's orders above a number, oldest first, 1,000 at most. */
  @Transactional(readOnly = true)
  List<Order> after(String account, long id) {
    return orders.after(account, id, PAGE);
  }

  /** Returns how many orders an account has. */
  @Transactional(readOnly = true)
  public long count(String account) {
    return orders.count(account);
  }
}
