package dev.webhooks.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.store.jdbc.PostgresServer;
import dev.webhooks.store.jdbc.TestMariaDb;
import dev.webhooks.testing.Patience;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A JVM is killed while thousands of its deliveries are under way; another one takes over what it
 * left. Most of that is waiting until the first one is found dead, so the databases wait together.
 */
@Execution(ExecutionMode.CONCURRENT)
class KilledProcessIT {
  private static final int EVENTS = 1_500;
  /** The number of arrivals before the kill, which strikes in the middle. */
  private static final int BEFORE_THE_KILL = 300;

  @TempDir
  private Path directory;

  @Test
  void on_postgresql_nothing_committed_is_missing() throws Exception {
    try (PostgresServer server = PostgresServer.durable()) {
      nothingCommittedIsMissing(Databases.postgresUrl(server));
    }
  }

  @Test
  void on_mariadb_nothing_committed_is_missing() throws Exception {
    nothingCommittedIsMissing(TestMariaDb.url());
  }

  @Test
  void on_h2_nothing_committed_is_missing() throws Exception {
    nothingCommittedIsMissing(Databases.h2Url(directory));
  }

  private void nothingCommittedIsMissing(String url) throws Exception {
    try (RecordingReceiver receiver = new RecordingReceiver()) {
      Path certificate =
          Files.writeString(directory.resolve("receiver.pem"), receiver.certificatePem());

      receiver.takeAtMost(BEFORE_THE_KILL);
      Process first = start(url, receiver, certificate, EVENTS);
      boolean sending = receiver.await(() -> receiver.count() >= BEFORE_THE_KILL);
      first.destroyForcibly();
      boolean gone = first.waitFor(Patience.SECONDS, TimeUnit.SECONDS);
      Set<String> committed = printedIds(EVENTS);
      int arrivedBefore = receiver.count();
      receiver.takeAll();

      Process second = start(url, receiver, certificate, 0);
      try {
        assertThat(sending)
            .as(() -> "the first process was sending; it wrote: " + readLog(EVENTS))
            .isTrue();
        assertThat(gone).as("the first process has let go of its files").isTrue();
        assertThat(committed).hasSizeGreaterThanOrEqualTo(EVENTS);
        assertThat(arrivedBefore).as("the kill struck in the middle").isLessThan(EVENTS);
        assertThat(receiver.missing(committed))
            .as(() -> "missing, while the second process wrote: " + readLog(0))
            .isEmpty();
      } finally {
        second.destroyForcibly().waitFor(Patience.SECONDS, TimeUnit.SECONDS);
      }
    }
  }

  /** Reads what the process had printed before its end; the last line may be cut short. */
  private Set<String> printedIds(int events) throws IOException {
    try (Stream<String> lines = Files.lines(output(events))) {
      return lines.filter(line -> line.matches("evt_[0-9a-f]{32}")).collect(Collectors.toSet());
    }
  }

  private Path output(int events) {
    return directory.resolve("process-" + events + ".out");
  }

  private Path log(int events) {
    return directory.resolve("process-" + events + ".log");
  }

  private String readLog(int events) {
    try {
      return Files.readString(log(events));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Process start(String url, RecordingReceiver receiver, Path certificate, int events)
      throws IOException {
    File log = log(events).toFile();
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Quick to start rather than fast in the long run.
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            SenderProcess.class.getName(),
            url,
            receiver.url(),
            certificate.toString(),
            Integer.toString(events))
        .redirectOutput(output(events).toFile())
        .redirectError(log)
        .start();
  }
}
