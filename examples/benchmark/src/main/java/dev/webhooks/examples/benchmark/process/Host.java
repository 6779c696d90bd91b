package dev.webhooks.examples.benchmark.process;

import dev.webhooks.examples.benchmark.peers.Peer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process that publishes and sends, as the measuring one sees it. */
public final class Host implements AutoCloseable {
  private static final Duration SOON = Duration.ofMinutes(10);
  private static final Duration LONG = Duration.ofHours(1);

  private final Child child;
  private final String name;
  private String settings = "";

  private Host(String name, Child child) {
    this.name = name;
    this.child = child;
  }

  /**
   * The settings of a host.
   *
   * @param url the database's; empty if it needs none
   * @param product which database that is
   * @param connections the size of its pool
   * @param threads how many attempts run at once, for a peer that has to be told
   * @param sending whether it sends, too
   * @param heap the JVM's largest heap, such as {@code 1g}
   * @param account the account that several processes share; empty for one of its own
   */
  public record Settings(
      String url,
      String product,
      int connections,
      int threads,
      boolean sending,
      String heap,
      String account) {

    /** Returns these without sending. */
    public Settings publishingOnly() {
      return new Settings(url, product, connections, threads, false, heap, account);
    }

    /** Returns these with a pool of another size. */
    public Settings connections(int count) {
      return new Settings(url, product, count, threads, sending, heap, account);
    }

    /** Returns these with another heap. */
    public Settings heap(String largest) {
      return new Settings(url, product, connections, threads, sending, largest, account);
    }

    /** Returns these with a shared account. */
    public Settings account(String shared) {
      return new Settings(url, product, connections, threads, sending, heap, shared);
    }
  }

  /** Starts a process without waiting; {@link #awaitReady} has to be called once. */
  public static Host start(
      String name, Peer peer, Settings settings, Path certificate, Path directory)
      throws IOException {
    Words words = Words.of("peer=" + peer)
        .with("product", settings.product())
        .with("certificate", certificate)
        .with("connections", settings.connections())
        .with("threads", settings.threads())
        .with("sending", settings.sending() ? 1 : 0);
    words = peer.needsDatabase() ? words.with("url", settings.url()) : words;
    words = settings.account().isEmpty() ? words : words.with("account", settings.account());
    List<String> options = List.of("-Xmx" + settings.heap(), "-Xms" + settings.heap());
    List<String> arguments = List.of(words.toString().split(" "));
    return new Host(name, Child.start(name, SenderProcess.class, options, arguments, directory));
  }

  public Host awaitReady() throws IOException, InterruptedException {
    settings = child.answer(SOON).substring("ready ".length());
    return this;
  }

  public String name() {
    return name;
  }

  /** Returns how the sender is tuned, in words. */
  public String settings() {
    return settings;
  }

  /** Replaces the endpoints; see {@link dev.webhooks.examples.benchmark.peers.Sender#subscribe}. */
  public void subscribe(List<String> urls) throws IOException, InterruptedException {
    child.ask("subscribe urls=" + String.join(",", urls), SOON);
  }

  /**
   * Begins to publish; {@link #awaitPublished} has to be called once.
   *
   * @param work {@code events}, {@code topics} (0: each goes to all), {@code publishers}; and if
   *     need be {@code from}, {@code first-topic}, {@code rate} a second, {@code transaction}
   *     ({@code own} or {@code host})
   */
  public void publish(Words work) throws IOException {
    child.tell("publish " + work);
  }

  /** Waits until all is published; returns when publishing began, on the monotonic clock in ns. */
  public long awaitPublished() throws IOException, InterruptedException {
    return Words.of(child.answer(LONG)).large("began");
  }

  /** Fails if publishing has failed, or the process has ended. */
  public void requireHealth() throws IOException, InterruptedException {
    child.requireHealth();
  }

  /** Publishes many events as fast as possible, numbered from a number, for topics in turn. */
  public void queue(int from, int events, int topics) throws IOException, InterruptedException {
    child.ask("queue from=" + from + " events=" + events + " topics=" + topics, LONG);
  }

  /** Runs transactions of a host for a while; returns {@code count}, {@code p50}, {@code p99}. */
  public Words transactions(int threads, boolean publishing, Duration time)
      throws IOException, InterruptedException {
    return Words.of(child.ask(
        "transactions threads=" + threads + " publishing=" + (publishing ? 1 : 0) + " millis="
            + time.toMillis(),
        LONG));
  }

  /** Waits until everything has been sent and written down. */
  public void awaitIdle() throws IOException, InterruptedException {
    child.ask("idle millis=" + SOON.toMillis() / 2, SOON);
  }

  /** Stops sending; the JVM stays. */
  public void stop() throws IOException, InterruptedException {
    child.ask("stop", SOON);
  }

  /** Starts a new sender in the same JVM. */
  public void resume() throws IOException, InterruptedException {
    child.ask("resume", SOON);
  }

  /** Returns {@code allocated}, {@code old} and {@code most}, in bytes. */
  public Words memory() throws IOException, InterruptedException {
    return Words.of(child.ask("memory", SOON));
  }

  @Override
  public void close() throws InterruptedException {
    child.close();
  }
}
