package dev.webhooks.examples.benchmark.process;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.peers.Sender;
import dev.webhooks.examples.benchmark.peers.SenderOptions;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A child process that publishes and sends: the host application of a measurement. */
final class SenderProcess {
  private static final long IDLE_STEP_MILLIS = 5;

  private final Peer peer;
  private final SenderOptions options;
  private final HikariDataSource pool;
  private Sender sender;

  private SenderProcess(Words words) throws Exception {
    peer = Peer.valueOf(words.text("peer"));
    pool = peer.needsDatabase() ? pool(words) : null;
    options = new SenderOptions(
        pool,
        words.text("product"),
        SenderOptions.certificate(Path.of(words.text("certificate"))),
        words.number("threads"),
        words.number("sending") == 1,
        words.text("account", ""));
    sender = peer.open(options);
  }

  private static HikariDataSource pool(Words words) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(words.text("url"));
    config.setMaximumPoolSize(words.number("connections"));
    return new HikariDataSource(config);
  }

  /** The arguments are those that {@link Host} gives. */
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    SenderProcess process = new SenderProcess(Words.of(String.join(" ", arguments)));
    answers.println("ready " + process.sender.settings());
    Map<String, Commands.Command> commands = Map.of(
        "subscribe", process::subscribe,
        "publish", words -> process.publishers().publish(words),
        "queue", words -> process.publishers().queue(words),
        "transactions", words -> process.publishers().transactions(words),
        "idle", process::idle,
        "stop", words -> process.stop(),
        "resume", words -> process.resume(),
        "memory", words -> Memory.tell());
    boolean told = Commands.obey(answers, commands);
    if (told) {
      process.stop();
    }
    Runtime.getRuntime().halt(told ? 0 : 1); // Nothing that is left to end matters any more.
  }

  private Publishers publishers() {
    return new Publishers(sender, pool);
  }

  private String subscribe(Words words) throws Exception {
    String urls = words.text("urls");
    sender.subscribe(urls.isEmpty() ? List.of() : List.of(urls.split(",")));
    return "subscribed";
  }

  /** Waits until everything has been sent and written down. */
  private String idle(Words words) throws Exception {
    long end = System.nanoTime() + words.large("millis") * 1_000_000;
    while (!sender.isIdle()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("there is something left to do");
      }
      Thread.sleep(IDLE_STEP_MILLIS);
    }
    return "idle";
  }

  private String stop() throws Exception {
    if (sender != null) {
      sender.close();
      sender = null;
    }
    return "stopped";
  }

  private String resume() throws Exception {
    sender = peer.open(options);
    return "resumed";
  }
}
