package dev.webhooks.spi.store;

import java.util.ArrayList;
import java.util.List;

/**
 * A transaction of the host that operations of the library can join; each kind of store has its
 * own, such as {@code JdbcTransaction}.
 *
 * <p>The library neither commits, rolls back nor closes it. Not thread-safe, like the connection it
 * stands for.
 */
public abstract class HostTransaction {
  private List<Runnable> afterCommit = new ArrayList<>();

  /** For stores to extend. */
  protected HostTransaction() {}

  /**
   * Tells the library that the host has committed, so that delivery starts now rather than at the
   * next poll.
   *
   * <p>Optional, cheap and never blocking: it takes no connection, so it may be called while the
   * host still holds its own. Calling it after a rollback is harmless.
   */
  public final void committed() {
    List<Runnable> actions = afterCommit;
    afterCommit = new ArrayList<>();
    actions.forEach(Runnable::run);
  }

  /**
   * Registers what to do when the host says that it has committed.
   *
   * @param action must not block and must not throw
   */
  public final void onCommitted(Runnable action) {
    afterCommit.add(action);
  }
}
