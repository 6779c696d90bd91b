package dev.webhooks.testing;

import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.spi.store.DeliveryLog;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.EventReceipt;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** The common base of the contract's parts: a fresh store for each test, and short words for it. */
@Timeout(Patience.OF_A_TEST)
public abstract class StoreContract {
  private final Supplier<? extends StoreFixture> fixtures;
  private StoreFixture fixture;
  private StoreSamples samples;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected StoreContract(Supplier<? extends StoreFixture> fixtures) {
    this.fixtures = fixtures;
  }

  @BeforeEach
  final void openStore() {
    fixture = fixtures.get();
    samples = new StoreSamples(fixture.store());
  }

  /** A store that could not be opened has failed the test already, and says why. */
  @AfterEach
  final void closeStore() {
    if (fixture != null) {
      fixture.close();
    }
  }

  final StoreFixture fixture() {
    return fixture;
  }

  final StoreSamples samples() {
    return samples;
  }

  final WebhookStore store() {
    return fixture.store();
  }

  final WebhookStore otherStore() {
    return fixture.otherStore();
  }

  final DeliveryQueue queue() {
    return store().queue();
  }

  final DeliveryLog log() {
    return store().log();
  }

  final InstanceRegister instances() {
    return store().instances();
  }

  /** Returns the number of a new living instance. */
  final long instance() {
    return instances().register("test");
  }

  final <T> T read(Function<StoreSession, T> work) {
    return store().transact(work);
  }

  final void write(Consumer<StoreSession> work) {
    samples.write(work);
  }

  final <T> T in(OpenTransaction transaction, Function<StoreSession, T> work) {
    return store().join(transaction.handle(), work);
  }

  /** Does work in a host's transaction that stays open. */
  final void doIn(OpenTransaction transaction, Consumer<StoreSession> work) {
    store().join(transaction.handle(), session -> {
      work.accept(session);
      return true;
    });
  }

  final int webhooks(String account) {
    return read(session -> session.countWebhooks(account));
  }

  final Optional<WebhookRow> find(String account, UUID webhook) {
    return read(session -> session.findWebhook(account, webhook));
  }

  final Optional<WebhookRow> lock(String account, UUID webhook) {
    return read(session -> session.lockWebhook(account, webhook));
  }

  final Map<Long, WebhookStatistics> statistics(Long... webhooks) {
    return read(session -> session.statistics(List.of(webhooks)));
  }

  final List<EventReceipt> publishIn(OpenTransaction transaction, NewEvent... events) {
    return in(transaction, session -> session.insertEvents(List.of(events)));
  }
}
