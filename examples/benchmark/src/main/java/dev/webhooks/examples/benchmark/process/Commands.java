package dev.webhooks.examples.benchmark.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The inside of a {@link Child}: reads commands and prints one answer for each. */
final class Commands {
  static final String QUIT = "quit";
  static final String ERROR = "error ";

  private Commands() {}

  /** Something a child process can do. */
  @FunctionalInterface
  interface Command {
    /** Does it and returns the answer, one line. */
    String run(Words words) throws Exception;
  }

  /**
   * Obeys until it is told to quit.
   *
   * @return false if the parent has gone without saying so
   */
  static boolean obey(PrintStream answers, Map<String, Command> commands) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.equals(QUIT)) {
        return true;
      }
      answers.println(answer(commands, line));
      answers.flush();
    }
    return false;
  }

  private static String answer(Map<String, Command> commands, String line) {
    String[] parts = line.split(" ", 2);
    try {
      return commands.get(parts[0]).run(Words.of(parts.length > 1 ? parts[1] : ""));
    } catch (Exception e) {
      e.printStackTrace(); // Goes to the log of this process.
      return ERROR + line + ": " + String.valueOf(e).replace('\n', ' ');
    }
  }
}
