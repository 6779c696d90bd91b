package dev.webhooks.examples.benchmark.chaos;

import java.util.Locale;

/** Says how things stand on a stage, with the rate since it was last asked. */
final class Situation {
  private final Stage stage;
  private long toldAt = System.nanoTime();
  private int toldArrivals;

  Situation(Stage stage) {
    this.stage = stage;
  }

  String text() {
    long now = System.nanoTime();
    int arrivals = stage.receiver().arrivals().size();
    double rate = (arrivals - toldArrivals) / ((now - toldAt) / 1e9);
    toldAt = now;
    toldArrivals = arrivals;
    return String.format(
        Locale.ROOT,
        "%d instances, %,d orders committed, %,d requests arrived, %,.0f a second",
        stage.cluster().running().size(),
        stage.cluster().count("ack"),
        arrivals,
        rate);
  }
}
