package dev.webhooks.examples.restserver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The runnable jar in a process of its own. */
final class RestServerProcess implements AutoCloseable {
  private static final String READY = "listening on ";
  private static final List<String> VARIABLES = List.of(
      "PORT",
      "DATABASE_URL",
      "DATABASE_USER",
      "DATABASE_PASSWORD",
      "API_TOKENS",
      "ALLOW_TARGETS",
      "ENCRYPTION_KEY",
      "TRUST_CERTIFICATE",
      "RETRY_SCHEDULE",
      "REQUEST_TIMEOUT",
      "PORTAL_ORIGINS",
      "PORTAL_TITLE",
      "PORTAL_BACK_URL",
      "MAX_WEBHOOKS");
  private static final List<RestServerProcess> STARTED = new CopyOnWriteArrayList<>();

  /** The time to wait for what has to come, on a machine that may be busy with other things. */
  static final int PATIENCE_SECONDS = 300;

  private final Process process;
  private final BufferedReader output;
  private final Path errors;
  private String readyLine = "";

  private RestServerProcess(Process process, Path errors) {
    this.process = process;
    this.output = process.inputReader();
    this.errors = errors;
  }

  /** Starts a server on any free port and waits until it is ready. */
  static RestServerProcess start(
      Path directory, Map<String, String> variables, String... jvmOptions) {
    RestServerProcess server = launch(directory, variables, jvmOptions);
    try {
      server.readyLine = String.valueOf(server.output.readLine());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (!server.readyLine.startsWith(READY)) {
      server.process.destroyForcibly();
      throw new IllegalStateException(server.readyLine + "\n" + server.errors());
    }
    return server;
  }

  /** Starts a server that may not get ready. */
  static RestServerProcess launch(
      Path directory, Map<String, String> variables, String... jvmOptions) {
    Path errors = directory.resolve("errors-" + (STARTED.size() + 1) + ".txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // Quick to start rather than fast in the long run.
    command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("-jar", System.getProperty("rest-server.jar")));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(directory.toFile()).redirectError(errors.toFile());
    VARIABLES.forEach(builder.environment()::remove);
    builder.environment().put("PORT", "0");
    builder.environment().putAll(variables);
    try {
      RestServerProcess server = new RestServerProcess(builder.start(), errors);
      STARTED.add(server);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns where it listens, such as {@code http://127.0.0.1:8080}. */
  String url() {
    return readyLine.substring(READY.length());
  }

  int port() {
    return Integer.parseInt(readyLine.substring(readyLine.lastIndexOf(':') + 1));
  }

  /** Asks it to end, as an operating system or container does. */
  void terminate() {
    // By its handle, since the process object would close its streams.
    process.toHandle().destroy();
  }

  /** Waits for its end and returns its exit code. */
  int exitCode() {
    try {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the server did not end\n" + errors());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns what it printed on standard output after the line that said it was ready. */
  List<String> restOfOutput() {
    return output.lines().toList();
  }

  String errors() {
    try {
      return Files.readString(errors);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Prints what servers wrote; the files of other tests are gone. */
  static void printErrors(PrintStream out) {
    for (RestServerProcess server : STARTED) {
      if (Files.exists(server.errors)) {
        out.println("---- " + server.errors.getFileName() + "\n" + server.errors());
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    exitCode();
  }
}
