package dev.webhooks.examples.benchmark.chaos;

/** The standard output of a child process: whole lines, each written before the call returns. */
final class Output {
  private Output() {}

  static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
