package dev.webhooks.testing.memory;

import dev.webhooks.spi.store.HostTransaction;

/**
 * A transaction of a host that keeps its data elsewhere than in a database; begun with
 * {@link InMemoryWebhookStore#begin()}. Not thread-safe.
 *
 * <p>Like a connection, it does not tell the library by itself that it has committed: call
 * {@link #committed()} for that, or leave it to the next poll.
 */
public final class InMemoryTransaction extends HostTransaction implements AutoCloseable {
  private final Tables tables;
  private Changes changes = new Changes();
  private boolean ended;

  InMemoryTransaction(Tables tables) {
    this.tables = tables;
  }

  /**
   * Makes what was done visible to everybody.
   *
   * @throws IllegalStateException if the transaction has ended
   */
  public void commit() {
    end();
    tables.apply(changes, this);
  }

  /**
   * Undoes what was done.
   *
   * @throws IllegalStateException if the transaction has ended
   */
  public void rollback() {
    end();
    tables.undo(changes, new Changes(), this);
  }

  /** Rolls back if the transaction has not ended. */
  @Override
  public void close() {
    if (!ended) {
      rollback();
    }
  }

  boolean isOf(Tables other) {
    return tables == other;
  }

  /**
   * Returns what was done so far.
   *
   * @throws IllegalStateException if the transaction has ended
   */
  Changes changes() {
    requireOpen();
    return changes;
  }

  /** Undoes what was done since a copy was taken. */
  void rollbackTo(Changes before) {
    if (!ended) {
      tables.undo(changes, before, this);
      changes = before;
    }
  }

  private void end() {
    requireOpen();
    ended = true;
  }

  private void requireOpen() {
    if (ended) {
      throw new IllegalStateException("the transaction has ended");
    }
  }
}
