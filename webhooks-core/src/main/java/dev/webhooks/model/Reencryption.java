package dev.webhooks.model;

/**
 * The result of encrypting anew everything that was stored under an older key, or under none.
 *
 * @param webhooks how many webhooks were changed by this call
 * @param answers how many answers remembered for idempotency keys were changed by this call
 * @param undecryptable how many webhooks and answers no given key can read; they stay as they are
 * @param locked how many a transaction of the host kept locked all the while; another call finds
 *     them
 */
public record Reencryption(long webhooks, long answers, long undecryptable, long locked) {
  /**
   * Returns whether nothing is left that needs an older key. It may then be dropped, unless an
   * instance is still running that encrypts with it.
   */
  public boolean complete() {
    return undecryptable == 0 && locked == 0;
  }
}
