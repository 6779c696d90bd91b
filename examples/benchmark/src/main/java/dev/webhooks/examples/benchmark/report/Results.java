package dev.webhooks.examples.benchmark.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where the files of a measurement go, and what they say of the machine. */
public final class Results {
  /** The option that names the directory. */
  public static final String OPTION = "--out";

  /** The directory unless the option is given, seen from where the program runs. */
  public static final Path USUAL = Path.of("benchmark-results");

  private Results() {}

  /**
   * Takes the option out of arguments, if it is among them, and makes the directory.
   *
   * @throws IllegalArgumentException if the option has no value
   */
  public static Path take(List<String> arguments) throws IOException {
    int option = arguments.indexOf(OPTION);
    if (option < 0) {
      return Files.createDirectories(USUAL);
    }
    if (option + 1 == arguments.size()) {
      throw new IllegalArgumentException(OPTION + " needs a directory");
    }
    arguments.remove(option);
    return Files.createDirectories(Path.of(arguments.remove(option)));
  }

  /** Returns on what machine this runs. */
  public static String machine() {
    return Runtime.getRuntime().availableProcessors() + " processors, "
        + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", JDK "
        + System.getProperty("java.version");
  }
}
