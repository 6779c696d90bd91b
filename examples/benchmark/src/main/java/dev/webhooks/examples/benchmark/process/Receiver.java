package dev.webhooks.examples.benchmark.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/** The receiving process, as the measuring one sees it. */
public final class Receiver implements AutoCloseable {
  private static final Duration SOON = Duration.ofMinutes(10);
  private static final long STEP_MILLIS = 1_000;

  private final Child child;
  private final Path certificate;
  private final int port;

  private Receiver(Child child, Path certificate, int port) {
    this.child = child;
    this.certificate = certificate;
    this.port = port;
  }

  /** Starts it, and returns once it listens. */
  public static Receiver start(Path directory) throws IOException, InterruptedException {
    Path certificate = directory.resolve("receiver.pem");
    Child child = Child.start(
        "receiver",
        ReceiverProcess.class,
        List.of("-Xmx512m"),
        List.of(certificate.toString()),
        directory);
    int port = Words.of(child.answer(SOON)).number("port");
    return new Receiver(child, certificate, port);
  }

  /** Returns the file with its certificate. */
  public Path certificate() {
    return certificate;
  }

  /**
   * Returns the URLs of endpoints.
   *
   * @param behaviour {@code ok}, {@code slow} or {@code hang}
   * @param run the run that they are used in
   */
  public List<String> urls(String behaviour, int run, int count) {
    return IntStream.range(0, count)
        .mapToObj(
            endpoint -> "https://localhost:" + port + "/" + behaviour + "/" + run + "/" + endpoint)
        .toList();
  }

  /**
   * Begins a tally.
   *
   * @param run whose requests count
   * @param target how many different deliveries make it complete
   * @param copies to how many webhooks each event goes
   */
  public void expect(int run, int target, int copies) throws IOException, InterruptedException {
    child.ask("expect run=" + run + " target=" + target + " copies=" + copies, SOON);
  }

  /**
   * Waits until all that is expected has arrived.
   *
   * @param progress is told every second how much has
   * @throws IOException if that takes too long
   */
  public Arrivals await(Duration longest, Watcher progress)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (true) {
      Words answer = Words.of(child.ask("await millis=" + STEP_MILLIS, SOON));
      if (answer.number("complete") == 1) {
        return arrivals();
      }
      progress.arrived(count());
      if (System.nanoTime() > end) {
        throw new IOException("not all has arrived after " + longest + ": " + arrivals());
      }
    }
  }

  /** Returns how many different deliveries have arrived. */
  public long count() throws IOException, InterruptedException {
    return Words.of(child.ask("count", SOON)).large("distinct");
  }

  /** Returns what has arrived so far. */
  public Arrivals arrivals() throws IOException, InterruptedException {
    return Arrivals.of(Words.of(child.ask("tell", SOON)));
  }

  /** Returns how many requests are open that will never be answered. */
  public int hanging() throws IOException, InterruptedException {
    return Words.of(child.ask("hanging", SOON)).number("hanging");
  }

  @Override
  public void close() throws InterruptedException {
    child.close();
  }

  /** Somebody who watches a run. */
  @FunctionalInterface
  public interface Watcher {
    /** Looks at how many deliveries have arrived; fails if it makes no sense to wait for more. */
    void arrived(long deliveries) throws IOException, InterruptedException;
  }

  /**
   * The arrivals of a run.
   *
   * @param distinct how many different deliveries
   * @param repeated how many requests for deliveries that had arrived before
   * @param unsigned how many requests that did not carry both signatures
   * @param first when the first came, on the machine's monotonic clock in ns
   * @param last when the run was complete
   * @param p50 median of the time from the start of publish to arrival, in ms
   * @param p99 its 99th percentile
   * @param p999 its 99.9th percentile
   */
  public record Arrivals(
      int distinct,
      int repeated,
      int unsigned,
      long first,
      long last,
      double p50,
      double p99,
      double p999) {

    private static Arrivals of(Words words) {
      return new Arrivals(
          words.number("distinct"),
          words.number("repeated"),
          words.number("unsigned"),
          words.large("first"),
          words.large("last"),
          words.decimal("p50"),
          words.decimal("p99"),
          words.decimal("p999"));
    }
  }
}
