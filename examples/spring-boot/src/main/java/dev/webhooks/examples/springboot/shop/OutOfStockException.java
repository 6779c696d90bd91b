package dev.webhooks.examples.springboot.shop;

/** Says that there is not enough of an item, or that there is no such item. */
final class OutOfStockException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  OutOfStockException() {
    super("there is not enough of that item");
  }
}
