package dev.webhooks.internal.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventPattern;
import dev.webhooks.model.Page;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDetails;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.registry.Scope;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookList;
import dev.webhooks.spi.store.StoreSession.WebhookPlace;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** Keeps webhooks in a store. */
public final class StoredWebhookRegistry implements WebhookRegistry {
  private static final int LATEST_DELIVERIES = 10;

  private final Transactions transactions;
  private final RegistryRules rules;
  private final ConfigurationCodec codec;
  private final WebhookViews views;
  private final ReplayCodecs replays;
  private final int maxWebhooks;
  private final LongConsumer changed;

  /**
   * Creates a registry.
   *
   * @param rules what a webhook must look like
   * @param codec encrypts secrets and headers
   * @param maxWebhooks how many webhooks an account may have
   * @param changed is told the number of a webhook whose change has been committed
   */
  public StoredWebhookRegistry(
      Transactions transactions,
      RegistryRules rules,
      ConfigurationCodec codec,
      int maxWebhooks,
      LongConsumer changed) {
    this.transactions = transactions;
    this.rules = rules;
    this.codec = codec;
    this.views = new WebhookViews(codec);
    this.replays = new ReplayCodecs(codec);
    this.maxWebhooks = maxWebhooks;
    this.changed = changed;
  }

  @Override
  public CreatedWebhook create(Scope scope, WebhookDraft draft) {
    return transactions.once(
        scope, RequestFingerprints.create(draft), replays.created(), () -> creation(scope, draft));
  }

  private Function<StoreSession, CreatedWebhook> creation(Scope scope, WebhookDraft draft) {
    WebhookDraft valid = rules.check(draft);
    Secret given = valid.secret();
    Secret secret = given == null ? rules.generateSecret() : given;
    WebhookRow row = newRow(scope.account(), valid, secret);
    return session -> {
      requireRoom(session, scope.account());
      session.insertWebhook(row);
      return new CreatedWebhook(views.ofNew(row), given == null ? secret : null);
    };
  }

  @Override
  public WebhookDetails get(Scope scope, String webhookId) {
    Found found = transactions.run(scope, session -> {
      WebhookRow row = WebhookIds.find(session, scope.account(), webhookId);
      return new Found(row, views.of(session, row));
    });
    DeliveryQuery latest = DeliveryQuery.latest().limit(LATEST_DELIVERIES);
    List<Delivery> deliveries = transactions.store().log().page(found.row.configuration(), latest);
    return new WebhookDetails(found.webhook, deliveries);
  }

  @Override
  public Page<Webhook> list(Scope scope, WebhookQuery query) {
    int offset = rules.offset(query);
    String event = query.event();
    List<String> patterns = event == null ? null : EventPattern.matching(rules.requireKnown(event));
    WebhookPlace after = Cursors.read(scope.account(), query);
    // One more than the page holds shows whether another page follows.
    WebhookFilter filter =
        new WebhookFilter(query.status(), patterns, after, offset, query.limit() + 1);
    return transactions.run(scope, session -> {
      WebhookList list = session.listWebhooks(scope.account(), filter);
      boolean more = list.webhooks().size() > query.limit();
      List<WebhookRow> rows = more ? list.webhooks().subList(0, query.limit()) : list.webhooks();
      return new Page<>(
          views.of(session, rows),
          after == null ? query.page() : null,
          query.limit(),
          list.total(),
          more,
          more ? next(scope, query, rows) : null);
    });
  }

  private static String next(Scope scope, WebhookQuery query, List<WebhookRow> rows) {
    WebhookRow last = rows.get(rows.size() - 1);
    return Cursors.write(scope.account(), query, WebhookPlace.of(last));
  }

  @Override
  public Webhook update(Scope scope, String webhookId, WebhookPatch patch) {
    Fingerprint fingerprint = RequestFingerprints.update(webhookId, patch);
    return changing(
        scope,
        changes -> transactions.once(scope, fingerprint, ReplayCodecs.changed(), () -> {
          WebhookPatch valid = rules.check(patch);
          Instant now = transactions.clock().instant();
          return session -> {
            WebhookRow old = WebhookIds.lock(session, scope.account(), webhookId);
            WebhookRow updated = patched(old, valid, now);
            session.updateWebhook(updated);
            if (resetsEndpointHealth(valid)) {
              session.forgetHealth(old.number());
            }
            changes.add(old.number());
            return views.of(session, updated);
          };
        }));
  }

  /**
   * Returns whether earlier failures count no more: they say nothing about another URL, nor after
   * the owner has activated the webhook.
   */
  private static boolean resetsEndpointHealth(WebhookPatch patch) {
    return patch.url().isPresent() || patch.status().equals(Optional.of(WebhookStatus.ACTIVE));
  }

  @Override
  public RotatedSecret rotateSecret(Scope scope, String webhookId, SecretRotation rotation) {
    Fingerprint fingerprint = RequestFingerprints.rotate(webhookId, rotation);
    return changing(
        scope,
        changes -> transactions.once(scope, fingerprint, replays.rotated(), () -> {
          rules.check(rotation);
          Secret generated = rotation.secret().isPresent() ? null : rules.generateSecret();
          Secret secret = generated == null ? rotation.secret().orElseThrow() : generated;
          Instant now = transactions.clock().instant();
          return session -> {
            WebhookRow old = WebhookIds.lock(session, scope.account(), webhookId);
            WebhookRow updated = rotated(old, secret, rotation.overlapHours(), now);
            session.updateWebhook(updated);
            changes.add(old.number());
            return new RotatedSecret(views.of(session, updated), generated);
          };
        }));
  }

  @Override
  public void delete(Scope scope, String webhookId) {
    Fingerprint fingerprint = RequestFingerprints.delete(webhookId);
    Instant now = transactions.clock().instant();
    changing(
        scope,
        changes -> transactions.once(scope, fingerprint, ReplayCodecs.done(), session -> {
          WebhookRow row = WebhookIds.lock(session, scope.account(), webhookId);
          session.deleteWebhook(row.number(), now);
          changes.add(row.number());
          return true;
        }));
  }

  @Override
  public void erase(Scope scope) {
    Instant now = transactions.clock().instant();
    changing(
        scope,
        changes -> transactions.run(
            scope, session -> changes.addAll(session.eraseAccount(scope.account(), now))));
  }

  /**
   * Runs an operation that notes the numbers of the webhooks that it changes, and reports these
   * once the change is committed. A repetition inside notes the same again.
   */
  private <T> T changing(Scope scope, Function<Set<Long>, T> operation) {
    Set<Long> changes = new TreeSet<>();
    T result = operation.apply(changes);
    if (!changes.isEmpty()) {
      Transactions.whenCommitted(scope, () -> changes.forEach(changed::accept));
    }
    return result;
  }

  private void requireRoom(StoreSession session, String account) {
    session.lockAccount(account);
    if (session.countWebhooks(account) >= maxWebhooks) {
      throw new WebhookException(
          ErrorCode.WEBHOOK_LIMIT_EXCEEDED,
          "the account has " + maxWebhooks + " webhooks, as many as it may have");
    }
  }

  private WebhookRow newRow(String account, WebhookDraft valid, Secret secret) {
    Instant now = transactions.clock().instant();
    UUID id = transactions.ids().next(now);
    WebhookConfiguration configuration = WebhookConfiguration.of(id, account)
        .url(valid.url())
        .headers(codec.seal(id, valid.headers()))
        .secret(codec.seal(id, secret))
        .build();
    return new WebhookRow(configuration, valid.name(), valid.events(), now, now);
  }

  private WebhookRow patched(WebhookRow old, WebhookPatch patch, Instant now) {
    WebhookConfiguration before = old.configuration();
    if (patch.headers().isPresent() || patch.secret().isPresent()) {
      codec.requireNoPlainTextOver(before);
    }
    UUID id = before.id();
    WebhookConfiguration.Builder after = before.change().version(before.version() + 1);
    patch.url().ifPresent(after::url);
    patch.status().ifPresent(after::status);
    patch
        .headers()
        .map(given -> rules.headers(given, codec.readableHeaders(before)))
        .ifPresent(headers -> after.headers(codec.seal(id, headers)));
    patch.secret().ifPresent(secret -> after.secret(codec.seal(id, secret)).oldSecret(null, null));
    return new WebhookRow(
        after.build(),
        patch.changesName() ? patch.name() : old.name(),
        patch.events().orElse(old.events()),
        old.createdAt(),
        now);
  }

  private WebhookRow rotated(WebhookRow old, Secret secret, int overlapHours, Instant now) {
    WebhookConfiguration before = old.configuration();
    codec.requireNoPlainTextOver(before);
    WebhookConfiguration.Builder after = before
        .change()
        .secret(codec.seal(before.id(), secret))
        .oldSecret(null, null)
        .version(before.version() + 1);
    if (overlapHours > 0) {
      after.oldSecret(before.secret(), now.plus(Duration.ofHours(overlapHours)));
    }
    return new WebhookRow(after.build(), old.name(), old.events(), old.createdAt(), now);
  }

  private record Found(WebhookRow row, Webhook webhook) {}
}
