package dev.webhooks.store.jdbc;

/**
 * The number of locks on given event ids that a transaction may hold. A database has room for a
 * certain number in all, shared by everybody on its server; whoever uses it up makes others fail.
 */
enum LockBudget {
  /**
   * For transactions of hosts, of which as many may be open as there are connections: half of what
   * PostgreSQL sets aside for each connection unless it is told otherwise.
   */
  HOST(32),

  /** For transactions of the store, of which few are open: the events of a group commit. */
  STORE(128);

  final int locks;

  LockBudget(int locks) {
    this.locks = locks;
  }
}
