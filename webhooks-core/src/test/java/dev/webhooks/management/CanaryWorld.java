package dev.webhooks.management;

import dev.webhooks.Webhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.canary.Canaries;
import dev.webhooks.testing.canary.CanaryProcess;
import dev.webhooks.testing.canary.CanaryRound;
import dev.webhooks.testing.canary.LoudParts;
import dev.webhooks.testing.canary.Sightings;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The world of a round of canaries in memory, with a transport that quotes what it was to send. */
final class CanaryWorld implements CanaryRound.World, AutoCloseable {
  /** After which time everything that failed is tried again. */
  private static final Duration REST = Duration.ofSeconds(3);

  private static final String LIVE = "https://hooks.acme.example/live";
  private static final String DEAD = "https://hooks.acme.example/dead";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final LoudParts parts;
  private final TestWebhooks kit;

  CanaryWorld(Sightings sightings) {
    parts = new LoudParts(sightings);
    kit = TestWebhooks.on(
        parts.store(store),
        EventCatalog.acceptingAny(),
        builder -> builder
            .secretCipher(parts.cipher())
            .listener(parts.listener())
            .retrySchedule(RetrySchedule.after()));
    kit.receiver(LIVE);
    kit.receiver(DEAD).answers(500);
  }

  /** The process whose output is searched. */
  public static void main(String[] arguments) throws IOException {
    Canaries canaries = new Canaries();
    Sightings sightings = new Sightings();
    try (CanaryWorld world = new CanaryWorld(sightings)) {
      CanaryRound round = new CanaryRound(world, canaries, sightings);
      round.run();
      world.sendThroughFaultyTransport(canaries);
      List<ReceivedRequest> requests = world.kit.receiver(LIVE).requests();
      requests.forEach(request -> sightings.value("a received request", request));
      sightings.value("the receiver", world.kit.receiver(LIVE));
      round.missing().forEach(CanaryProcess::report);
    }
    sightings.of(canaries).forEach(CanaryProcess::report);
    CanaryProcess.end(canaries, Path.of(arguments[0]));
  }

  /** Lets the transport throw an exception that quotes a header it was given. */
  void sendThroughFaultyTransport(Canaries canaries) {
    String value = canaries.make("header value quoted by a transport");
    IllegalStateException fault = new IllegalStateException(
        "cannot send X-Api-Key: " + value, new IllegalArgumentException("bad value " + value));
    fault.addSuppressed(new IOException("while sending " + value));
    kit.receiver(LIVE).breaks(fault);
    kit.account("acme").publish(Event.of("order.paid", Map.of("orderId", 17)));
    kit.runUntilIdle();
  }

  @Override
  public Webhooks webhooks() {
    return kit.webhooks();
  }

  @Override
  public LoudParts parts() {
    return parts;
  }

  @Override
  public String liveUrl() {
    return LIVE;
  }

  @Override
  public String deadUrl() {
    return DEAD;
  }

  @Override
  public void settle() {
    kit.runUntilIdle();
    kit.advance(REST);
  }

  @Override
  public void inTransaction(Consumer<HostTransaction> work) {
    try (InMemoryTransaction transaction = store.begin()) {
      work.accept(transaction);
    }
  }

  @Override
  public void close() {
    kit.close();
  }
}
