package dev.webhooks.examples.benchmark.process;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM that does one part of a measurement. It is told commands, one line each, and answers each
 * with one line, in order. It ends with its standard input, so it never outlives this process.
 */
public final class Child implements AutoCloseable {
  private static final String ENDED = "ended";
  private static final int TAIL = 100;

  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final String name;
  private final Path log;
  private final Process process;
  private final BufferedWriter commands;

  private Child(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, name + " answers");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a process without waiting for it; its first answer says that it is ready.
   *
   * @param directory where its log goes
   */
  static Child start(
      String name, Class<?> main, List<String> jvmOptions, List<String> arguments, Path directory)
      throws IOException {
    Path log = directory.resolve(name + ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    return new Child(name, log, process);
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.add(line);
      }
    } catch (IOException e) {
      // It has ended; whoever waits for an answer is told so.
    }
    answers.add(ENDED);
  }

  /** Sends a command; its answer has to be taken later. */
  public void tell(String command) throws IOException {
    commands.write(command);
    commands.newLine();
    commands.flush();
  }

  /** Sends a command and waits for its answer. */
  public String ask(String command, Duration longest) throws IOException, InterruptedException {
    tell(command);
    return answer(longest);
  }

  /**
   * Waits for the next answer.
   *
   * @throws IOException if the process has ended or failed, or does not answer in time
   */
  public String answer(Duration longest) throws IOException, InterruptedException {
    String line = answers.poll(longest.toMillis(), TimeUnit.MILLISECONDS);
    if (line == null || line.equals(ENDED) || line.startsWith(Commands.ERROR)) {
      throw new IOException("the process " + name + ": " + (line == null ? "no answer" : line)
          + "\n" + String.join("\n", tail()));
    }
    return line;
  }

  /** Fails if the process has ended, or an answer that nobody has taken yet says that it failed. */
  void requireHealth() throws IOException, InterruptedException {
    String next = answers.peek();
    if (next != null && (next.equals(ENDED) || next.startsWith(Commands.ERROR))) {
      answer(Duration.ZERO);
    }
  }

  private List<String> tail() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.subList(Math.max(0, lines.size() - TAIL), lines.size());
  }

  @Override
  public void close() throws InterruptedException {
    try {
      tell(Commands.QUIT);
    } catch (IOException e) {
      // It has ended already.
    }
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
