package dev.webhooks.testing.memory;

import dev.webhooks.idempotency.IdempotencyKey;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** The encrypted rows in memory. */
final class MemoryEncryptedRows implements EncryptedRows {
  private final Tables tables;

  MemoryEncryptedRows(Tables tables) {
    this.tables = tables;
  }

  @Override
  public boolean any() {
    return tables.locked(() -> tables.webhooks().living().stream()
        .map(row -> row.configuration().secret())
        .anyMatch(secret -> secret.length > 0
            && secret[0] >= SecretCipher.FIRST_MARK
            && secret[0] <= SecretCipher.LAST_MARK));
  }

  @Override
  public List<WebhookConfiguration> webhooks(long after, int limit) {
    return tables.locked(() -> tables.webhooks().living().stream()
        .filter(row -> row.number() > after)
        .limit(limit)
        .map(WebhookRow::configuration)
        .toList());
  }

  @Override
  public Map<Long, Boolean> changeWebhooks(
      Collection<Long> webhooks,
      Function<WebhookConfiguration, Optional<WebhookConfiguration>> rule) {
    return tables.locked(() -> {
      Map<Long, Boolean> changed = new HashMap<>();
      for (long webhook : new TreeSet<>(webhooks)) {
        WebhookRow row = tables.webhooks().find(webhook);
        boolean free = !tables.rowLocks().held(new RowLocks.Webhook(webhook));
        if (row != null && !row.configuration().deleted() && free) {
          changed.put(webhook, change(row, rule));
        }
      }
      return changed;
    });
  }

  private boolean change(
      WebhookRow row, Function<WebhookConfiguration, Optional<WebhookConfiguration>> rule) {
    WebhookConfiguration before = row.configuration();
    Optional<WebhookConfiguration> after = rule.apply(before);
    after.ifPresent(changed -> put(
        row,
        before
            .change()
            .headers(changed.headers())
            .secret(changed.secret())
            .oldSecret(changed.oldSecret(), changed.oldSecretUntil())
            .build()));
    return after.isPresent();
  }

  private void put(WebhookRow row, WebhookConfiguration stored) {
    tables
        .webhooks()
        .put(new WebhookRow(stored, row.name(), row.events(), row.createdAt(), row.updatedAt()));
  }

  @Override
  public List<StoredAnswer> answers(IdempotencyKey after, int limit) {
    return tables.keys().answers().tailMap(after).entrySet().stream()
        .filter(entry -> !entry.getKey().equals(after))
        .limit(limit)
        .map(entry -> new StoredAnswer(entry.getKey(), entry.getValue()))
        .toList();
  }

  @Override
  public Map<IdempotencyKey, Boolean> changeAnswers(
      Collection<IdempotencyKey> keys, Function<byte[], Optional<byte[]>> rule) {
    Map<IdempotencyKey, Boolean> changed = new HashMap<>();
    for (IdempotencyKey key : keys) {
      tables.keys().changeAnswer(key, rule).ifPresent(done -> changed.put(key, done));
    }
    return changed;
  }
}
