package dev.webhooks.kit;

import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.testing.OpenTransaction;
import dev.webhooks.testing.StoreFixture;
import dev.webhooks.testing.memory.InMemoryTransaction;
import dev.webhooks.testing.memory.InMemoryWebhookStore;

/** The in-memory store as the contract drives it. */
final class InMemoryFixture extends StoreFixture {
  private final InMemoryWebhookStore store = new InMemoryWebhookStore();

  @Override
  public WebhookStore store() {
    return store;
  }

  @Override
  public OpenTransaction begin() {
    InMemoryTransaction transaction = store.begin();
    return new OpenTransaction() {
      @Override
      public HostTransaction handle() {
        return transaction;
      }

      @Override
      public void commit() {
        transaction.commit();
      }

      @Override
      public void rollback() {
        transaction.rollback();
      }

      @Override
      public void close() {
        transaction.close();
      }
    };
  }

  @Override
  public void close() {
    store.close();
  }
}
