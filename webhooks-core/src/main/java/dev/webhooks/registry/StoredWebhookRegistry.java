package dev.webhooks.registry;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.OneClock;
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
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookList;
import dev.webhooks.spi.store.StoreSession.WebhookPlace;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Keeps webhooks in a store. */
public final class StoredWebhookRegistry implements WebhookRegistry {
  private static final int LATEST_DELIVERIES = 10;

  private final WebhookStore store;
  private final RegistryRules rules;
  private final ConfigurationCodec codec;
  private final WebhookViews views;
  private final Answers answers;
  private final Idempotent idempotent;
  private final IdGenerator ids;
  private final OneClock clock;
  private final int maxWebhooks;
  private final LongConsumer changed;

  /**
   * Creates a registry.
   *
   * @param store where webhooks are kept
   * @param rules what a webhook must look like
   * @param codec encrypts secrets and headers
   * @param ids makes ids
   * @param clock the one clock
   * @param maxWebhooks how many webhooks an account may have
   * @param changed is told the number of a webhook whose change has been committed
   */
  public StoredWebhookRegistry(
      WebhookStore store,
      RegistryRules rules,
      ConfigurationCodec codec,
      IdGenerator ids,
      OneClock clock,
      int maxWebhooks,
      LongConsumer changed) {
    this.store = store;
    this.rules = rules;
    this.codec = codec;
    this.views = new WebhookViews(codec);
    this.answers = new Answers(codec);
    this.idempotent = new Idempotent(store, ids, clock);
    this.ids = ids;
    this.clock = clock;
    this.maxWebhooks = maxWebhooks;
    this.changed = changed;
  }

  @Override
  public CreatedWebhook create(Scope scope, WebhookDraft draft) {
    Fingerprint fingerprint = Requests.create(draft);
    CreatedWebhook earlier = idempotent.replay(scope, fingerprint, answers.created());
    if (earlier != null) {
      return earlier;
    }
    WebhookDraft valid = rules.check(draft);
    Secret given = valid.secret();
    Secret secret = given == null ? rules.generateSecret() : given;
    WebhookRow row = newRow(scope.account(), valid, secret, clock.instant());
    return idempotent.run(scope, fingerprint, answers.created(), session -> {
      requireRoom(session, scope.account());
      session.insertWebhook(row);
      return new CreatedWebhook(views.ofNew(row), given == null ? secret : null);
    });
  }

  @Override
  public WebhookDetails get(Scope scope, String webhookId) {
    Found found = transact(scope.transaction(), session -> {
      WebhookRow row = WebhookIds.find(session, scope.account(), webhookId);
      return new Found(row, views.of(session, row));
    });
    DeliveryQuery latest = DeliveryQuery.latest().limit(LATEST_DELIVERIES);
    List<Delivery> deliveries = store.log().page(found.row.configuration(), latest);
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
    return transact(scope.transaction(), session -> {
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
    Fingerprint fingerprint = Requests.update(webhookId, patch);
    Webhook earlier = idempotent.replay(scope, fingerprint, answers.changed());
    if (earlier != null) {
      return earlier;
    }
    WebhookPatch valid = rules.check(patch);
    Instant now = clock.instant();
    return changing(
        scope,
        number -> idempotent.run(scope, fingerprint, answers.changed(), session -> {
          WebhookRow old = WebhookIds.lock(session, scope.account(), webhookId);
          WebhookRow updated = patched(old, valid, now);
          session.updateWebhook(updated);
          if (resetsEndpointHealth(valid)) {
            session.forgetHealth(old.number());
          }
          number[0] = old.number();
          return views.of(session, updated);
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
    Fingerprint fingerprint = Requests.rotate(webhookId, rotation);
    RotatedSecret earlier = idempotent.replay(scope, fingerprint, answers.rotated());
    if (earlier != null) {
      return earlier;
    }
    rules.check(rotation);
    Secret generated = rotation.secret().isPresent() ? null : rules.generateSecret();
    Secret secret = generated == null ? rotation.secret().orElseThrow() : generated;
    Instant now = clock.instant();
    return changing(
        scope,
        number -> idempotent.run(scope, fingerprint, answers.rotated(), session -> {
          WebhookRow old = WebhookIds.lock(session, scope.account(), webhookId);
          WebhookRow updated = rotated(old, secret, rotation.overlapHours(), now);
          session.updateWebhook(updated);
          number[0] = old.number();
          return new RotatedSecret(views.of(session, updated), generated);
        }));
  }

  @Override
  public void delete(Scope scope, String webhookId) {
    Instant now = clock.instant();
    changing(
        scope,
        number -> idempotent.run(scope, Requests.delete(webhookId), answers.done(), session -> {
          WebhookRow row = WebhookIds.lock(session, scope.account(), webhookId);
          session.deleteWebhook(row.number(), now);
          number[0] = row.number();
          return true;
        }));
  }

  @Override
  public void erase(Scope scope) {
    Instant now = clock.instant();
    List<Long> erased =
        transact(scope.transaction(), session -> session.eraseAccount(scope.account(), now));
    tellWhenCommitted(scope, erased);
  }

  /**
   * Runs an operation that notes the webhook it changes, and reports that webhook once the change
   * is committed.
   */
  private <T> T changing(Scope scope, Function<long[], T> operation) {
    long[] number = {0};
    T result = operation.apply(number);
    tellWhenCommitted(scope, number[0] == 0 ? List.of() : List.of(number[0]));
    return result;
  }

  private void tellWhenCommitted(Scope scope, List<Long> webhooks) {
    HostTransaction transaction = scope.transaction();
    if (transaction == null) {
      webhooks.forEach(changed::accept);
    } else if (!webhooks.isEmpty()) {
      transaction.onCommitted(() -> webhooks.forEach(changed::accept));
    }
  }

  private void requireRoom(StoreSession session, String account) {
    session.lockAccount(account);
    if (session.countWebhooks(account) >= maxWebhooks) {
      throw new WebhookException(
          ErrorCode.WEBHOOK_LIMIT_EXCEEDED,
          "the account has " + maxWebhooks + " webhooks, as many as it may have");
    }
  }

  private WebhookRow newRow(String account, WebhookDraft valid, Secret secret, Instant now) {
    UUID id = ids.next(now);
    WebhookConfiguration configuration = new WebhookConfiguration(
        0,
        id,
        account,
        valid.url(),
        codec.seal(id, valid.headers()),
        codec.seal(id, secret),
        null,
        null,
        WebhookStatus.ACTIVE,
        false,
        1);
    return new WebhookRow(configuration, valid.name(), valid.events(), now, now);
  }

  private WebhookRow patched(WebhookRow old, WebhookPatch patch, Instant now) {
    WebhookConfiguration before = old.configuration();
    if (patch.headers().isPresent() || patch.secret().isPresent()) {
      codec.requireNoPlainTextOver(before);
    }
    UUID id = before.id();
    byte[] headers = patch
        .headers()
        .map(given -> codec.seal(id, rules.headers(given, codec.readableHeaders(before))))
        .orElse(before.headers());
    Optional<Secret> secret = patch.secret();
    WebhookConfiguration configuration = new WebhookConfiguration(
        before.number(),
        id,
        before.account(),
        patch.url().orElse(before.url()),
        headers,
        secret.map(text -> codec.seal(id, text)).orElse(before.secret()),
        secret.isPresent() ? null : before.oldSecret(),
        secret.isPresent() ? null : before.oldSecretUntil(),
        patch.status().orElse(before.status()),
        false,
        before.version() + 1);
    String name = patch.changesName() ? patch.name() : old.name();
    return new WebhookRow(
        configuration.givenId(before.givenId()),
        name,
        patch.events().orElse(old.events()),
        old.createdAt(),
        now);
  }

  private WebhookRow rotated(WebhookRow old, Secret secret, int overlapHours, Instant now) {
    WebhookConfiguration before = old.configuration();
    codec.requireNoPlainTextOver(before);
    boolean overlaps = overlapHours > 0;
    WebhookConfiguration configuration = new WebhookConfiguration(
        before.number(),
        before.id(),
        before.account(),
        before.url(),
        before.headers(),
        codec.seal(before.id(), secret),
        overlaps ? before.secret() : null,
        overlaps ? now.plus(Duration.ofHours(overlapHours)) : null,
        before.status(),
        false,
        before.version() + 1);
    return new WebhookRow(
        configuration.givenId(before.givenId()), old.name(), old.events(), old.createdAt(), now);
  }

  private <T> T transact(@Nullable HostTransaction transaction, Function<StoreSession, T> work) {
    return transaction == null ? store.transact(work) : store.join(transaction, work);
  }

  private record Found(WebhookRow row, Webhook webhook) {}
}
