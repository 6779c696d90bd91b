package dev.webhooks.internal.engine.base;

import dev.webhooks.model.EngineTrouble;
import dev.webhooks.spi.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The troubles of all duties of an engine. Thread-safe. */
public final class Troubles {
  private final Queue<Supplier<@Nullable EngineTrouble>> sources = new ConcurrentLinkedQueue<>();
  private final Ticker ticker;
  private final RandomGenerator random;
  private final BiConsumer<Throwable, Duration> listener;

  public Troubles(Ticker ticker, RandomGenerator random, BiConsumer<Throwable, Duration> listener) {
    this.ticker = ticker;
    this.random = random;
    this.listener = listener;
  }

  /**
   * Adds a duty.
   *
   * @param duty its name, as in the log and in {@link EngineTrouble}
   */
  public StoreTrouble of(String duty) {
    StoreTrouble trouble = new StoreTrouble(duty, ticker, random, listener);
    watch(trouble::present);
    return trouble;
  }

  /** Adds a source that returns its present trouble, or null. */
  public void watch(Supplier<@Nullable EngineTrouble> source) {
    sources.add(source);
  }

  /** Returns all present troubles. */
  public List<EngineTrouble> present() {
    return sources.stream().map(Supplier::get).filter(Objects::nonNull).toList();
  }
}
