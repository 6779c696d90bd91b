package dev.webhooks.testing;

import dev.webhooks.spi.store.WebhookStore;

/**
 * The fixture that the contract needs of a store. Each test gets a fixture of its own, on empty
 * tables, and closes it.
 */
public abstract class StoreFixture implements AutoCloseable {
  /** Returns the store under test, opened; the same one at each call. */
  public abstract WebhookStore store();

  /**
   * Returns another store on the same data, opened, as another process would have it; the store
   * under test itself if there cannot be two.
   */
  public WebhookStore otherStore() {
    return store();
  }

  /** Begins a transaction of the host. */
  public abstract OpenTransaction begin();

  /**
   * Returns whether an event id that another open transaction is storing is refused without any
   * wait; false for a database that can only wait for up to 2 seconds.
   */
  public boolean refusesBusyEventIdAtOnce() {
    return true;
  }

  /** Closes what was opened. */
  @Override
  public abstract void close();
}
