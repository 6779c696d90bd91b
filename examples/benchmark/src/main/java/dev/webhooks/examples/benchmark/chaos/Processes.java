package dev.webhooks.examples.benchmark.chaos;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Signals to other processes. */
final class Processes {
  private Processes() {}

  static void kill(long pid) throws IOException, InterruptedException {
    signal(pid, "KILL");
  }

  static void signal(long pid, String signal) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
    if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
      throw new IOException("kill -" + signal + " " + pid + " failed");
    }
  }
}
