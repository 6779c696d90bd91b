package dev.webhooks.store.jdbc;

/**
 * Counts the locks on event ids that one transaction holds: a database has room for some thousands
 * in all, so a transaction that publishes very many has to do without.
 */
final class LockBudget {
  private static final int LOCKS = 500;

  private int left = LOCKS;

  /** Takes locks from the budget, all or none. */
  boolean take(int locks) {
    if (locks > left) {
      return false;
    }
    left -= locks;
    return true;
  }
}
