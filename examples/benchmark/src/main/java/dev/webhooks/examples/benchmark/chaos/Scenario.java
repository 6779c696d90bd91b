package dev.webhooks.examples.benchmark.chaos;

/** One way to make life hard for the library, and what must hold all the same. */
interface Scenario {
  /** Returns the word that the command line has for it. */
  String name();

  /** Returns how long or how large it usually is; {@link #unit} says of what. */
  int usualSize();

  /** Returns what its size counts, for example {@code seconds}. */
  String unit();

  /** Plays it and puts what was found into the stage's report. */
  void play(Stage stage, int size) throws Exception;
}
