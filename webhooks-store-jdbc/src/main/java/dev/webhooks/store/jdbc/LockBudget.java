package dev.webhooks.store.jdbc;

/**
 * The maximum number of locks on given event ids in one transaction. All transactions of a server
 * share its space for locks, and fail when it is used up.
 */
enum LockBudget {
  /**
   * The budget of a host's transaction: half of what PostgreSQL reserves per connection by default.
   */
  HOST(32),

  /**
   * The budget of a transaction of the store, of which few are open: the events of a group commit.
   */
  STORE(128);

  final int locks;

  LockBudget(int locks) {
    this.locks = locks;
  }
}
