package dev.webhooks.examples.benchmark.chaos;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One life of an instance, as the orchestrator sees it: its process and what it prints. */
final class Member {
  private static final long ALIVE = Long.MAX_VALUE;

  private final List<Outcome> outcomes = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final InstanceOptions options;
  private final Path log;
  private final Process process;
  private final Thread reader;
  private final BufferedWriter commands;
  private volatile long killedAt = ALIVE;

  Member(InstanceOptions options, Path log, Process process) {
    this.options = options;
    this.log = log;
    this.process = process;
    this.commands = process.outputWriter(StandardCharsets.UTF_8);
    this.reader = new Thread(this::read, "output of " + options.userAgent());
    this.reader.setDaemon(true);
    this.reader.start();
  }

  String name() {
    return options.name();
  }

  int life() {
    return options.life();
  }

  Path log() {
    return log;
  }

  /** Returns when it was killed by the monotonic clock, or the end of all times. */
  long killedAt() {
    return killedAt;
  }

  boolean wasKilled() {
    return killedAt != ALIVE;
  }

  boolean isRunning() {
    return process.isAlive();
  }

  /** Sends it a command; does nothing if it has gone. */
  synchronized void tell(String command) {
    try {
      commands.write(command);
      commands.newLine();
      commands.flush();
    } catch (IOException e) {
      // It has ended, as its exit says.
    }
  }

  void awaitReady() throws Exception {
    Patience.require(
        "the start of " + options.userAgent(),
        Duration.ofMinutes(5),
        () -> said("ready") || !process.isAlive());
    if (!said("ready")) {
      throw new IllegalStateException(
          options.userAgent() + " did not start: " + String.join(" | ", LogBook.tail(log)));
    }
  }

  /** Returns whether it has printed a line that begins so. */
  boolean said(String beginning) {
    synchronized (outcomes) {
      return notes.stream().anyMatch(note -> note.startsWith(beginning));
    }
  }

  /** Returns the last line that it printed which begins so. */
  String lastNote(String beginning) {
    synchronized (outcomes) {
      return notes.stream()
          .filter(note -> note.startsWith(beginning))
          .reduce((first, second) -> second)
          .orElse("");
    }
  }

  List<Outcome> outcomes() {
    synchronized (outcomes) {
      return List.copyOf(outcomes);
    }
  }

  /**
   * Kills it with SIGKILL and waits until it is gone. Not by way of {@link Process}, which would
   * close the pipes as well: what it has printed until its end counts.
   */
  void kill() throws Exception {
    killedAt = System.nanoTime();
    Processes.kill(process.pid());
    awaitEnd(Duration.ofMinutes(1));
  }

  void freeze() throws Exception {
    Processes.signal(process.pid(), "STOP");
  }

  void thaw() throws Exception {
    Processes.signal(process.pid(), "CONT");
  }

  /** Asks it to end with SIGTERM; returns how long that took. */
  Duration terminate(Duration longest) throws Exception {
    long began = System.nanoTime();
    Processes.signal(process.pid(), "TERM");
    awaitEnd(longest);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private void awaitEnd(Duration longest) throws InterruptedException {
    if (!process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          options.userAgent() + " did not end within " + longest.toSeconds() + " s");
    }
    reader.join(Duration.ofSeconds(10).toMillis());
  }

  /** Makes sure that it is gone, whatever its state. */
  void destroy() {
    process.destroyForcibly();
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line);
      }
    } catch (IOException e) {
      // The pipe broke with the process.
    }
  }

  private void note(String line) {
    String[] words = line.split(" ", 3);
    synchronized (outcomes) {
      boolean outcome = words.length > 1
          && List.of("ack", "refused", "unknown").contains(words[0])
          && words[1].matches("[0-9]+");
      if (outcome) {
        String detail = words.length > 2 ? words[2] : "";
        outcomes.add(new Outcome(Long.parseLong(words[1]), words[0], detail, System.nanoTime()));
      } else {
        notes.add(line);
      }
    }
  }
}
