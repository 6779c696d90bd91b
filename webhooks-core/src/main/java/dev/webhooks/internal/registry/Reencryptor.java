package dev.webhooks.internal.registry;

import dev.webhooks.internal.time.OneClock;
import dev.webhooks.model.Reencryption;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.EncryptedRows.StoredAnswer;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Encrypts anew what is stored under an older key. Thread-safe.
 *
 * <p>It goes through all rows in small steps, each of which changes what still needs it under the
 * row's lock. So it may be interrupted and begun again, and several instances may do it at once:
 * each row is changed, and counted, by one of them.
 */
public final class Reencryptor {
  private static final Logger LOG = LoggerFactory.getLogger(Reencryptor.class);
  private static final int BATCH = 500;

  /**
   * The number of tries on a row that another transaction has locked, and the pause between them.
   */
  private static final int TRIES = 5;

  private static final Duration PAUSE = Duration.ofMillis(100);

  /** An old secret is dropped a while after its time, since clocks of instances may differ. */
  private static final Duration CLOCK_LEAD = Duration.ofMinutes(1);

  private final WebhookStore store;
  private final ConfigurationCodec codec;
  private final ReplayCodecs replays;
  private final OneClock clock;
  private volatile boolean checked;

  /**
   * Creates the operation.
   *
   * @param store where everything is kept
   * @param codec decrypts with all keys and encrypts with the present one
   * @param clock the one clock
   */
  public Reencryptor(WebhookStore store, ConfigurationCodec codec, OneClock clock) {
    this.store = store;
    this.codec = codec;
    this.replays = new ReplayCodecs(codec);
    this.clock = clock;
  }

  /**
   * Makes sure that an instance without a key is not used on what one with a key has stored: it
   * could read nothing, and would store plain text beside it. Asks the store once.
   *
   * @throws IllegalStateException if something is stored encrypted and there is no key
   */
  public void requireKeyIfEncrypted() {
    if (checked) {
      return;
    }
    if (codec.storesPlainText() && store.encrypted().any()) {
      throw new IllegalStateException("there are encrypted webhooks in the store ("
          + store.describe()
          + ") and no secretCipher: configure the one with which they were encrypted");
    }
    checked = true;
  }

  /**
   * Encrypts everything with the present key that is not so yet, and removes old secrets whose
   * overlap is over.
   *
   * @throws dev.webhooks.model.StoreUnavailableException if the database is away; what was done so
   *     far is kept
   */
  public Reencryption run() {
    Tally webhooks = webhooks();
    Tally remembered = answers();
    Reencryption done = new Reencryption(
        webhooks.changed,
        remembered.changed,
        webhooks.undecryptable + remembered.undecryptable,
        webhooks.locked + remembered.locked);
    if (done.complete()) {
      LOG.info("nothing is left under an older key: {}", done);
    } else {
      LOG.warn("something may be left under an older key: {}", done);
    }
    return done;
  }

  private Tally webhooks() {
    EncryptedRows rows = store.encrypted();
    Instant longAgo = clock.certain().minus(CLOCK_LEAD);
    Tally tally = new Tally();
    List<WebhookConfiguration> page = rows.webhooks(0, BATCH);
    while (!page.isEmpty()) {
      tally.add(
          page,
          WebhookConfiguration::number,
          webhook -> codec.renewed(webhook, longAgo).isPresent(),
          numbers -> rows.changeWebhooks(
              numbers, webhook -> ifDecryptable(() -> codec.renewed(webhook, longAgo))));
      page = rows.webhooks(page.get(page.size() - 1).number(), BATCH);
    }
    return tally;
  }

  private Tally answers() {
    EncryptedRows rows = store.encrypted();
    Tally tally = new Tally();
    List<StoredAnswer> page = rows.answers(EncryptedRows.FIRST_ANSWER, BATCH);
    while (!page.isEmpty()) {
      tally.add(
          page,
          StoredAnswer::key,
          stored -> replays.renewed(stored.answer()).isPresent(),
          keys -> rows.changeAnswers(keys, answer -> ifDecryptable(() -> replays.renewed(answer))));
      page = rows.answers(page.get(page.size() - 1).key(), BATCH);
    }
    return tally;
  }

  /** Leaves what became unreadable since it was looked at: another call counts it. */
  private static <T> Optional<T> ifDecryptable(Supplier<Optional<T>> renewed) {
    try {
      return renewed.get();
    } catch (UndecryptableException e) {
      return Optional.empty();
    }
  }

  /** The counts of rows of one kind. */
  private static final class Tally {
    private long changed;
    private long undecryptable;
    private long locked;

    /**
     * Changes those rows of a page that need it.
     *
     * @param needsChange may find that a row cannot be decrypted
     * @param change changes rows, and returns for each that was not locked whether it was changed
     */
    <R, K> void add(
        List<R> page,
        Function<R, K> key,
        Predicate<R> needsChange,
        Function<Collection<K>, Map<K, Boolean>> change) {
      Set<K> left = page.stream()
          .filter(row -> needs(row, needsChange))
          .map(key)
          .collect(Collectors.toCollection(HashSet::new));
      for (int attempt = 1; !left.isEmpty() && attempt <= TRIES; attempt++) {
        if (attempt > 1) {
          LockSupport.parkNanos(PAUSE.toNanos());
        }
        Map<K, Boolean> seen = change.apply(left);
        changed += seen.values().stream().filter(Boolean::booleanValue).count();
        left.removeAll(seen.keySet());
      }
      locked += left.size();
    }

    private <R> boolean needs(R row, Predicate<R> needsChange) {
      try {
        return needsChange.test(row);
      } catch (UndecryptableException e) {
        if (undecryptable++ == 0) {
          LOG.warn("cannot be encrypted anew: {}", e.getMessage());
        } else {
          LOG.debug("cannot be encrypted anew: {}", e.getMessage());
        }
        return false;
      }
    }
  }
}
