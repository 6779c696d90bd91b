package dev.webhooks.spi.store;

import dev.webhooks.idempotency.IdempotencyKey;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Finds and replaces what is stored encrypted, of all accounts, so that it can be encrypted anew
 * while everything goes on. Each method is a transaction of its own, or a few small ones; several
 * instances may use them at once.
 *
 * <p>A host's transaction may keep rows locked for minutes. No method waits for one: it leaves the
 * row out, and the caller tries again later.
 */
public interface EncryptedRows {
  /** Where a pass over answers begins. */
  IdempotencyKey FIRST_ANSWER = new IdempotencyKey("", " ");

  /**
   * Returns whether the secret of any webhook begins with a byte from
   * {@link dev.webhooks.spi.SecretCipher#FIRST_MARK} to
   * {@link dev.webhooks.spi.SecretCipher#LAST_MARK}. May read every webhook.
   */
  boolean any();

  /**
   * Returns the next webhooks that are not deleted, in the order of their numbers, by a plain read.
   *
   * @param after what comes behind this number; 0 at first
   * @param limit how many at most
   */
  List<WebhookConfiguration> webhooks(long after, int limit);

  /**
   * Replaces secrets, headers and the end of the old secret's time, each webhook under its lock.
   * Nothing else changes, neither the version nor the time of the last change.
   *
   * @param webhooks numbers of webhooks; those that are gone are left out
   * @param rule returns what to store, or empty for no change; may be asked more than once
   * @return for each webhook whether it was changed; none for one locked by another transaction
   */
  Map<Long, Boolean> changeWebhooks(
      Collection<Long> webhooks,
      Function<WebhookConfiguration, Optional<WebhookConfiguration>> rule);

  /**
   * Returns the next stored answers, in the order of accounts and keys, by a plain read.
   *
   * @param after what comes behind this key; {@link #FIRST_ANSWER} at first
   * @param limit how many at most
   */
  List<StoredAnswer> answers(IdempotencyKey after, int limit);

  /**
   * Replaces stored answers, each under its lock.
   *
   * @param keys keys with an answer; those that are gone are left out
   * @param rule returns what to store, or empty for no change; may be asked more than once
   * @return for each key whether its answer was changed; none for one locked by another transaction
   */
  Map<IdempotencyKey, Boolean> changeAnswers(
      Collection<IdempotencyKey> keys, Function<byte[], Optional<byte[]>> rule);

  /**
   * The answer that is replayed for a key.
   *
   * @param key the key
   * @param answer what is stored; not copied, and nobody changes it
   */
  record StoredAnswer(IdempotencyKey key, byte[] answer) {}
}
