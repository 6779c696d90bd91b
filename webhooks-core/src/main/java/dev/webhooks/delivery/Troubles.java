package dev.webhooks.delivery;

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

/** Knows what an engine does not get done at present. Thread-safe. */
final class Troubles {
  private final Queue<Supplier<@Nullable EngineTrouble>> sources = new ConcurrentLinkedQueue<>();
  private final Ticker ticker;
  private final RandomGenerator random;
  private final BiConsumer<Throwable, Duration> listener;

  /**
   * Creates a list without entries.
   *
   * @param random the source of jitter; used by several threads
   * @param listener receives the first failure of a duty, and reminders
   */
  Troubles(Ticker ticker, RandomGenerator random, BiConsumer<Throwable, Duration> listener) {
    this.ticker = ticker;
    this.random = random;
    this.listener = listener;
  }

  Ticker ticker() {
    return ticker;
  }

  /** Returns what counts the failures of a duty. */
  StoreTrouble of(String duty) {
    StoreTrouble trouble = new StoreTrouble(duty, ticker, random, listener);
    watch(trouble::present);
    return trouble;
  }

  /** Adds what says of itself whether something is wrong. */
  void watch(Supplier<@Nullable EngineTrouble> source) {
    sources.add(source);
  }

  /** Returns what is wrong at present. */
  List<EngineTrouble> present() {
    return sources.stream().map(Supplier::get).filter(Objects::nonNull).toList();
  }
}
