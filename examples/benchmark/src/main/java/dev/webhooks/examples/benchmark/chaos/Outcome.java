package dev.webhooks.examples.benchmark.chaos;

/**
 * What an instance printed about an order.
 *
 * @param order its number
 * @param kind {@code ack}, {@code refused} or {@code unknown}
 * @param detail how many microseconds it took, or why it was refused
 * @param at when the line was read
 */
record Outcome(long order, String kind, String detail, long at) {
  boolean acknowledged() {
    return kind.equals("ack");
  }

  boolean refused() {
    return kind.equals("refused");
  }
}
