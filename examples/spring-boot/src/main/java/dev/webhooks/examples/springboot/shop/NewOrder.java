package dev.webhooks.examples.springboot.shop;

import org.jspecify.annotations.Nullable;

/**
 * An order as a customer asks for it.
 *
 * @param item the name of an item
 * @param quantity how many of it, 1 to 1,000
 */
record NewOrder(@Nullable String item, int quantity) {
  private static final int MOST = 1_000;

  /** Returns whether it can be tried at all. */
  boolean isValid() {
    return item != null && !item.isBlank() && quantity >= 1 && quantity <= MOST;
  }
}
