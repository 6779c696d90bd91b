package dev.webhooks.examples.benchmark.chaos;

/**
 * A webhook of a scenario.
 *
 * @param number what its URL ends with, from 0
 * @param behaviour what its receiver does
 * @param kind the kind of order it hears of, or {@link #EVERY_KIND}
 */
record Endpoint(int number, Behaviour behaviour, int kind) {
  static final int EVERY_KIND = -1;
  private static final String TYPE = "order.kind-";

  /** Returns the type of the events that are published for orders of a kind. */
  static String eventType(int kind) {
    return TYPE + kind;
  }

  String pattern() {
    return kind == EVERY_KIND ? "order.*" : eventType(kind);
  }

  boolean hears(int orderKind) {
    return kind == EVERY_KIND || kind == orderKind;
  }
}
