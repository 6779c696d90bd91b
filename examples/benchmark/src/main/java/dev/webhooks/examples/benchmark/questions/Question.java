package dev.webhooks.examples.benchmark.questions;

import java.util.List;

/** Something that can be measured. */
public interface Question {
  /** Returns the name of its command. */
  String name();

  /** Returns how many steps it takes, of which each is announced by {@link Bench#step}. */
  int steps(Options options);

  /** Returns whether it needs a database and a receiver. */
  default boolean needsDatabase() {
    return true;
  }

  /** Measures, and adds what comes out to the figures of the bench. */
  void ask(Bench bench) throws Exception;

  /** Returns all there are. */
  static List<Question> all() {
    return List.of(
        new CompareQuestion(),
        new LatencyQuestion(),
        new PublishQuestion(),
        new FanoutQuestion(),
        new BacklogQuestion(),
        new NeighboursQuestion(),
        new InstancesQuestion(),
        new MemoryQuestion(),
        new MicroQuestion());
  }
}
