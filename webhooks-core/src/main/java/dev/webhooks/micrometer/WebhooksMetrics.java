package dev.webhooks.micrometer;

import dev.webhooks.Webhooks;
import dev.webhooks.delivery.DeliveryListener;
import dev.webhooks.delivery.EngineHealth;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Shows what becomes of deliveries, and how the engine is doing, in a Micrometer registry.
 * Micrometer is an optional dependency: a host that uses this class adds it. Thread-safe.
 *
 * <pre>{@code
 * WebhooksMetrics metrics = WebhooksMetrics.on(registry);
 * Webhooks webhooks = Webhooks.builder().listener(metrics)….build();
 * metrics.watch(webhooks);
 * }</pre>
 *
 * <table class="striped">
 * <caption>The meters; none has a tag whose values customers could make many of</caption>
 * <thead><tr><th>name</th><th>kind, unit</th><th>tags</th><th>of</th></tr></thead>
 * <tbody>
 * <tr><td>{@code webhooks.attempts}</td><td>timer</td><td>{@code outcome} success or failure;
 * {@code error} the error's code or none</td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.deliveries}</td><td>counter</td><td>{@code outcome} success or failed;
 * {@code error}</td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.endpoints}</td><td>counter</td><td>{@code state} warned or failed;
 * {@code reason} gone or failing</td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.store.trouble}</td><td>counter</td><td></td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.attempts.active}</td><td>gauge</td><td></td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.deliveries.owned}</td><td>gauge</td><td></td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.outcomes.unwritten}</td><td>gauge</td><td></td><td>this
 * instance</td></tr>
 * <tr><td>{@code webhooks.heartbeat.age}</td><td>gauge, seconds</td><td></td><td>this
 * instance</td></tr>
 * <tr><td>{@code webhooks.troubles}</td><td>gauge, duties of the engine that fail at
 * present</td><td></td><td>this instance</td></tr>
 * <tr><td>{@code webhooks.queue.pending}</td><td>gauge, exact up to 10,000</td><td></td><td>all
 * instances</td></tr>
 * <tr><td>{@code webhooks.queue.age}</td><td>gauge, seconds since the oldest pending delivery was
 * published</td><td></td><td>all instances</td></tr>
 * </tbody>
 * </table>
 *
 * <p>Gauges ask {@link Webhooks#health()}, which asks the database, at most once in 5 seconds. They
 * show NaN where there is nothing to tell, as when the database does not answer.
 */
public final class WebhooksMetrics implements DeliveryListener {
  private static final String NO_ERROR = "none";
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final MeterRegistry registry;

  private WebhooksMetrics(MeterRegistry registry) {
    this.registry = Objects.requireNonNull(registry, "registry");
  }

  /**
   * Creates meters, to be given to the builder as a listener.
   *
   * @param registry where the meters are
   */
  public static WebhooksMetrics on(MeterRegistry registry) {
    return new WebhooksMetrics(registry);
  }

  /**
   * Adds the gauges of an instance. Call it once for each registry: gauges of a second instance in
   * the same registry are ignored.
   *
   * @param webhooks the instance
   * @return this
   */
  public WebhooksMetrics watch(Webhooks webhooks) {
    Objects.requireNonNull(webhooks, "webhooks");
    Reading reading = new Reading(webhooks);
    gauge(reading, "webhooks.attempts.active", "Attempts under way", EngineHealth::inFlight);
    gauge(reading, "webhooks.deliveries.owned", "Deliveries in memory", EngineHealth::owned);
    gauge(
        reading,
        "webhooks.outcomes.unwritten",
        "Outcomes that wait to be written",
        EngineHealth::unwritten);
    gauge(
        reading,
        "webhooks.heartbeat.age",
        "Seconds since the last successful heartbeat",
        health -> seconds(health.lastHeartbeat()));
    gauge(
        reading,
        "webhooks.troubles",
        "Duties of the engine that fail at present",
        health -> health.troubles().size());
    gauge(
        reading,
        "webhooks.queue.pending",
        "Pending deliveries of all instances, exact up to 10,000",
        health -> health.databaseReachable() ? health.pending() : Double.NaN);
    gauge(
        reading,
        "webhooks.queue.age",
        "Seconds since the oldest pending delivery was published",
        WebhooksMetrics::queueAge);
    return this;
  }

  private void gauge(
      Reading reading, String name, String description, ToDoubleFunction<EngineHealth> value) {
    Gauge.builder(name, () -> value.applyAsDouble(reading.health()))
        .description(description)
        .register(registry);
  }

  private static double queueAge(EngineHealth health) {
    boolean empty = health.databaseReachable() && health.oldestPending() == null;
    return empty ? 0 : seconds(health.oldestPendingAge());
  }

  private static double seconds(@Nullable Duration duration) {
    return duration == null ? Double.NaN : duration.toMillis() / 1_000.0;
  }

  @Override
  public void attemptFinished(Finished delivery, Attempt attempt) {
    Timer.builder("webhooks.attempts")
        .description("Attempts by how they ended")
        .tag("outcome", attempt.error() == null ? "success" : "failure")
        .tag("error", code(attempt.error()))
        .register(registry)
        .record(Duration.ofMillis(attempt.durationMs()));
  }

  @Override
  public void deliverySucceeded(Finished delivery) {
    ended("success", null);
  }

  @Override
  public void deliveryFailed(Finished delivery, DeliveryError error) {
    ended("failed", error);
  }

  private void ended(String outcome, @Nullable DeliveryError error) {
    Counter.builder("webhooks.deliveries")
        .description("Deliveries by how they ended")
        .tag("outcome", outcome)
        .tag("error", code(error))
        .register(registry)
        .increment();
  }

  @Override
  public void webhookWarned(Trouble trouble) {
    endpoint("warned", trouble);
  }

  @Override
  public void webhookFailed(Trouble trouble) {
    endpoint("failed", trouble);
  }

  private void endpoint(String state, Trouble trouble) {
    Counter.builder("webhooks.endpoints")
        .description("Webhooks that were warned of or given up")
        .tag("state", state)
        .tag("reason", trouble.reason().name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  @Override
  public void storeTrouble(Throwable fault, Duration since) {
    Counter.builder("webhooks.store.trouble")
        .description("Reports that the database does not answer or refuses something")
        .register(registry)
        .increment();
  }

  private static String code(@Nullable DeliveryError error) {
    return error == null ? NO_ERROR : error.code();
  }

  /** The last answer of an instance, asked again when it is old: a scrape reads several gauges. */
  private static final class Reading {
    private final Webhooks webhooks;
    private @Nullable EngineHealth last;
    private long readAt;

    Reading(Webhooks webhooks) {
      this.webhooks = webhooks;
    }

    synchronized EngineHealth health() {
      EngineHealth present = last;
      long now = System.nanoTime();
      if (present == null || now - readAt > FRESH.toNanos()) {
        present = webhooks.health();
        last = present;
        readAt = System.nanoTime();
      }
      return present;
    }
  }
}
