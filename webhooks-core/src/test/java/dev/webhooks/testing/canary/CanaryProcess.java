package dev.webhooks.testing.canary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.testing.Patience;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A round in a process of its own whose every logger is at its most talkative, so that all that it
 * prints can be searched. In the process of the tests that could not be done without changing the
 * loggers of other tests and flooding the build's output.
 *
 * <p>The class that is started calls {@link #end} when it is done.
 */
public final class CanaryProcess {
  /** The name of the canary that is logged on purpose, to prove that the search finds it. */
  public static final String CONTROL = "control";

  private static final String PROBLEM = "PROBLEM: ";
  private static final Logger LOG = LoggerFactory.getLogger("dev.webhooks.canary");
  private static final java.util.logging.Logger JUL =
      java.util.logging.Logger.getLogger("okhttp3.canary");

  private final String output;
  private final Canaries canaries;

  private CanaryProcess(String output, Canaries canaries) {
    this.output = output;
    this.canaries = canaries;
  }

  /**
   * Runs a main class to its end, with a file for the canaries as its first argument.
   *
   * @param main the class
   * @param directory where files may be put
   * @param arguments further arguments
   */
  public static CanaryProcess run(Class<?> main, Path directory, String... arguments)
      throws IOException, InterruptedException {
    Path log = directory.resolve("output.txt");
    Path canaries = directory.resolve("canaries.txt");
    Path logging = directory.resolve("logging.properties");
    Files.write(
        logging,
        List.of(
            "handlers=java.util.logging.ConsoleHandler",
            "java.util.logging.ConsoleHandler.level=ALL",
            "okhttp3.level=ALL",
            "dev.webhooks.level=ALL"));
    List<String> command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        // Quick to start rather than fast in the long run.
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=trace",
        "-Dorg.slf4j.simpleLogger.log.com.zaxxer.hikari=trace",
        "-Djava.util.logging.config.file=" + logging,
        main.getName(),
        canaries.toString()));
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
    boolean ended = process.waitFor(Patience.OF_A_TEST, TimeUnit.SECONDS);
    process.destroyForcibly();
    String output = Files.readString(log);
    assertThat(ended && process.exitValue() == 0)
        .as(
            "the process ended well; it printed …%s",
            output.substring(Math.max(0, output.length() - 5_000)))
        .isTrue();
    return new CanaryProcess(output, Canaries.load(canaries));
  }

  /** Logs the control canary at the lowest levels, and hands all canaries to the test. */
  public static void end(Canaries canaries, Path file) throws IOException {
    String control = canaries.make(CONTROL);
    LOG.trace("{}", control);
    JUL.finest(canaries.make(CONTROL));
    LOG.debug("a fault", new IllegalStateException(new IOException(canaries.make(CONTROL))));
    canaries.save(file);
  }

  /** Tells the test about something that is wrong; called in the process. */
  public static void report(String problem) {
    System.out.println(PROBLEM + problem);
  }

  /** Returns what was reported. */
  public List<String> problems() {
    return output.lines().filter(line -> line.startsWith(PROBLEM)).toList();
  }

  /** Returns all that was printed. */
  public String output() {
    return output;
  }

  /** Returns the lines that show a canary, each with its names; those of the control aside. */
  public List<String> leaks() {
    return output
        .lines()
        .map(line -> canaries.in(line) + " in: " + line)
        .filter(line -> !line.startsWith("[]") && !line.startsWith("[" + CONTROL))
        .toList();
  }

  /** Returns how many of the control canaries were found. */
  public long controlsFound() {
    return canaries.in(output).stream().filter(name -> name.startsWith(CONTROL)).count();
  }
}
