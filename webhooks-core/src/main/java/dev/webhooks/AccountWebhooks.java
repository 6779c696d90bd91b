package dev.webhooks;

import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryDetails;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.Page;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDetails;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.spi.store.HostTransaction;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one account can do; it sees and changes nothing of other accounts. Cheap to make
 * and not worth keeping.
 *
 * <p>{@link #in} and {@link #withIdempotencyKey} return changed views. Thread-safe, except for a
 * view that is in a host's transaction, which belongs to that transaction's thread.
 *
 * <p>With {@link WebhooksBuilder#ambientTransactions}, every method behaves as {@link #in} says
 * whenever the calling thread has a current transaction of the host. The transaction is looked for
 * at each call. A view made by {@link #in} keeps the transaction that it was given.
 *
 * <p>Every method fails with {@link dev.webhooks.model.StoreUnavailableException} if the database
 * cannot be reached, and with {@link WebhookException} and the code it names if the request is
 * refused; then nothing was stored.
 */
public final class AccountWebhooks {
  private final Webhooks webhooks;
  private final Scope scope;

  AccountWebhooks(Webhooks webhooks, Scope scope) {
    this.webhooks = webhooks;
    this.scope = scope;
  }

  /**
   * Returns a view whose operations join the host's transaction: they take effect if it commits and
   * never happened if it rolls back. The library neither commits, rolls back nor closes it.
   *
   * <p>Its operations fail with an {@link IllegalStateException} that names the mistake if the
   * transaction is read-only and something is to be stored, if it has failed before, or if it does
   * not lead to the store's tables.
   *
   * @param transaction the host's transaction, for example {@code JdbcTransaction.on(connection)}
   */
  public AccountWebhooks in(HostTransaction transaction) {
    Objects.requireNonNull(transaction, "transaction");
    return new AccountWebhooks(
        webhooks, new Scope(scope.account(), transaction, scope.idempotencyKey()));
  }

  /**
   * Returns a view whose next changing operation takes effect once, however often it is repeated
   * with the same key within 24 hours; a repetition answers what the first one answered. JSON in a
   * request counts as a value, whatever the order of its keys. Publishing is made idempotent by the
   * event's id instead, see {@link Event#withId}.
   *
   * <p>In a host's transaction, given or current, the key is stored with the rest: a rollback frees
   * it, and the operation can be repeated with it.
   *
   * @param key 1 to 255 printable ASCII characters, unique within the account
   */
  public AccountWebhooks withIdempotencyKey(String key) {
    Objects.requireNonNull(key, "key");
    return new AccountWebhooks(webhooks, new Scope(scope.account(), scope.transaction(), key));
  }

  /**
   * Registers a webhook.
   *
   * @param draft what to register
   * @return the webhook, with its secret if the library generated one: it is shown this once
   * @throws WebhookException with {@code INVALID_URL}, {@code INVALID_EVENTS},
   *     {@code INVALID_HEADER}, {@code TOO_MANY_HEADERS}, {@code SECRET_TOO_SHORT},
   *     {@code INVALID_REQUEST}, {@code WEBHOOK_LIMIT_EXCEEDED} or
   *     {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public CreatedWebhook create(WebhookDraft draft) {
    Objects.requireNonNull(draft, "draft");
    return webhooks.registry().create(joined(), draft);
  }

  /**
   * Takes over webhooks that another sender has served so far, with their ids and secrets; see
   * "Migration from an in-house sender" in the README of webhooks-core.
   *
   * <p>Each is imported by itself, in this view's transaction or one of its own: one that is
   * refused changes nothing for the others. Repeating an import changes nothing, so it may be
   * interrupted and run again: a webhook that is here as it was given is {@code UNCHANGED},
   * whatever its status is by now; one that differs is refused and stays as it is. An idempotency
   * key is not used. Everything is validated as by {@link #create}, but the account may get more
   * webhooks than it may create.
   *
   * @param webhooks what to import
   * @return a result for each, in the same order; the code of a refusal is as for {@link #create},
   *     or {@code DUPLICATE_IDEMPOTENCY_KEY} if the id is that of another webhook of any account,
   *     or of one that was deleted within the last day
   * @throws dev.webhooks.model.StoreUnavailableException if the database is away; of those before,
   *     some may be imported
   */
  public List<ImportResult> importWebhooks(List<WebhookImport> webhooks) {
    Objects.requireNonNull(webhooks, "webhooks");
    webhooks.forEach(webhook -> Objects.requireNonNull(webhook, "webhooks"));
    return this.webhooks.imports().importAll(joined(), webhooks);
  }

  /**
   * Returns a webhook with its statistics and latest 10 deliveries.
   *
   * @param webhookId {@code wh_…}
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}
   */
  public WebhookDetails get(String webhookId) {
    Objects.requireNonNull(webhookId, "webhookId");
    return webhooks.registry().get(joined(), webhookId);
  }

  /**
   * Returns a page of webhooks, newest first.
   *
   * @param query page, limit and filters
   * @throws WebhookException with {@code INVALID_REQUEST} or {@code INVALID_EVENTS}
   */
  public Page<Webhook> list(WebhookQuery query) {
    Objects.requireNonNull(query, "query");
    return webhooks.registry().list(joined(), query);
  }

  /**
   * Changes a webhook. Nothing is sent by this process with the old configuration once the call has
   * returned (in a host's transaction, once it has committed and 2 seconds have passed or
   * {@code committed()} was called); other instances follow within 2 seconds.
   *
   * <p>Setting the status to active, or another URL, also forgets what was wrong with the endpoint:
   * one that is suspended because it could not be reached is sent to again at once.
   *
   * @param webhookId {@code wh_…}
   * @param patch what to change
   * @return the webhook as it is now
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, or as {@link #create} for what is
   *     changed
   */
  public Webhook update(String webhookId, WebhookPatch patch) {
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(patch, "patch");
    return webhooks.registry().update(joined(), webhookId, patch);
  }

  /**
   * Gives a webhook a new secret, which signs from now on as {@link #update} describes. The secret
   * before it signs too until the overlap ends, so that receivers can change over; one from an
   * earlier rotation does so no more. To repeat a call whose answer was lost, use an idempotency
   * key: a second rotation would drop the secret that receivers still know.
   *
   * @param webhookId {@code wh_…}
   * @param rotation the new secret and the overlap
   * @return the webhook, with its secret if the library generated one: it is shown this once
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code SECRET_TOO_SHORT},
   *     {@code INVALID_REQUEST} or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public RotatedSecret rotateSecret(String webhookId, SecretRotation rotation) {
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(rotation, "rotation");
    return webhooks.registry().rotateSecret(joined(), webhookId, rotation);
  }

  /**
   * Deletes a webhook for good; its pending deliveries are dropped.
   *
   * @param webhookId {@code wh_…}
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}
   */
  public void delete(String webhookId) {
    Objects.requireNonNull(webhookId, "webhookId");
    webhooks.registry().delete(joined(), webhookId);
  }

  /**
   * Erases the account: removes all that it has at this moment, webhooks, secrets, idempotency
   * keys, payloads and logs. The webhooks are gone at once, and nothing is sent to them by this
   * process any more once the call has returned (in a host's transaction, as {@link #update}
   * describes), except that an attempt already begun may finish. Deliveries, logs and payloads are
   * purged within minutes by an instance that sends, and looked for once more a day later.
   *
   * <p>The account can be used again at once, like a new one, except that the ids of its old events
   * are not free before those are purged. Erasing an account that has nothing does nothing. An
   * idempotency key is not used: erasing twice is no different from erasing once.
   *
   * @throws dev.webhooks.model.StoreUnavailableException also if another transaction has kept a row
   *     of the account locked for 2 seconds
   */
  public void erase() {
    webhooks.registry().erase(joined());
  }

  /**
   * Publishes an event to every webhook of the account that subscribes to its type. Only inserts
   * rows: it never waits for a delivery, nor for another transaction of the host.
   *
   * <p>Without a transaction of the host it returns once the event is committed. Calls that many
   * threads make at the same time share a transaction; what is wrong with one event fails the call
   * that published it and no other. A thread that is interrupted while it waits for such a
   * transaction gets a {@link dev.webhooks.model.StoreUnavailableException}.
   *
   * @param event the event
   * @return the event's id and the number of deliveries; for an id published before with the same
   *     content, the first result
   * @throws WebhookException with {@code INVALID_EVENTS}, {@code INVALID_REQUEST},
   *     {@code PAYLOAD_TOO_LARGE} or {@code DUPLICATE_IDEMPOTENCY_KEY}; a host's transaction stays
   *     usable (on PostgreSQL under REPEATABLE READ or above, a conflict on the event id may end
   *     it)
   */
  public PublishResult publish(Event event) {
    Objects.requireNonNull(event, "event");
    return publish(List.of(event)).get(0);
  }

  /**
   * Publishes events in one transaction, all or none.
   *
   * @param events the events
   * @return a result for each, in the same order
   * @throws WebhookException as {@link #publish(Event)}
   */
  public List<PublishResult> publish(List<Event> events) {
    Objects.requireNonNull(events, "events");
    events.forEach(event -> Objects.requireNonNull(event, "events"));
    return webhooks.engine().publisher().publish(scope.account(), joined().transaction(), events);
  }

  /**
   * Returns a page of a webhook's deliveries, newest first. Shows what is committed, also in a
   * host's transaction.
   *
   * @param webhookId {@code wh_…}
   * @param query page, limit and filters
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code INVALID_REQUEST} or
   *     {@code INVALID_EVENTS}
   */
  public Page<Delivery> deliveries(String webhookId, DeliveryQuery query) {
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(query, "query");
    return webhooks.logs().list(scope, webhookId, query);
  }

  /**
   * Returns a delivery with its payload and every attempt. Shows what is committed, also in a
   * host's transaction.
   *
   * @param webhookId {@code wh_…}
   * @param deliveryId {@code dlv_…}
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND} or {@code DELIVERY_NOT_FOUND}
   */
  public DeliveryDetails delivery(String webhookId, String deliveryId) {
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(deliveryId, "deliveryId");
    return webhooks.logs().get(scope, webhookId, deliveryId);
  }

  /**
   * Retries a failed delivery by a new one of the same event, which is sent at once, or once the
   * webhook is active. Each failed delivery can be retried once; should the retry fail too, retry
   * that one.
   *
   * <p>A pending delivery that has been attempted before is made due now instead, however long it
   * would have waited. No attempt is skipped or added: the next one gets the next number, and the
   * schedule goes on from there. If the next attempt is due already or under way, nothing changes.
   * A delivery to a paused webhook is sent once the webhook is active. An endpoint that is not
   * reached stays suspended, and its deliveries wait for the next probe; {@link #update} to status
   * active ends that at once. A delivery to a failed webhook ends as failed.
   *
   * <p>In a host's transaction, the delivery is locked until it ends: other callers wait at most 2
   * seconds for it.
   *
   * @param webhookId {@code wh_…}
   * @param deliveryId {@code dlv_…}
   * @return the new delivery, or the pending one as it is now
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code DELIVERY_NOT_FOUND},
   *     {@code DELIVERY_NOT_FAILED} if it succeeded, was never attempted or is a test,
   *     {@code DELIVERY_ALREADY_RETRIED} or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public Delivery retry(String webhookId, String deliveryId) {
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(deliveryId, "deliveryId");
    return webhooks.retries().retry(joined(), webhookId, deliveryId);
  }

  /**
   * Retries every failed delivery of a webhook that was created since an instant and is not retried
   * yet, and makes those due now that wait for their next attempt, as {@link #retry} does. It takes
   * several transactions if there are many. If it was interrupted, a further call goes on with the
   * rest.
   *
   * @param webhookId {@code wh_…}
   * @param since at most 14 days ago
   * @return how many were retried or made due; those that were due already do not count
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code INVALID_REQUEST} or
   *     {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public int recover(String webhookId, Instant since) {
    Objects.requireNonNull(webhookId, "webhookId");
    Objects.requireNonNull(since, "since");
    return webhooks.retries().recover(joined(), webhookId, since);
  }

  /**
   * Sends a test with a default payload; see {@link #test(String, Object)}.
   *
   * @param webhookId {@code wh_…}
   */
  public TestResult test(String webhookId) {
    Objects.requireNonNull(webhookId, "webhookId");
    return webhooks.tests().test(joined(), webhookId, null);
  }

  /**
   * Sends the event {@code webhook.test} to one webhook, whatever its status and subscriptions, and
   * waits for what comes of it, up to the request time-out. It is one attempt with the same checks,
   * signatures and limits as any other, shown in the delivery log; it counts in no statistics and
   * cannot be retried. Refused in a host's transaction, given or current.
   *
   * @param webhookId {@code wh_…}
   * @param payload a map or an object that the codec turns into a JSON object; sent as
   *     {@code testPayload}; null for a default
   * @return whether it was delivered, and what the endpoint answered
   * @throws WebhookException with {@code WEBHOOK_NOT_FOUND}, {@code INVALID_REQUEST},
   *     {@code PAYLOAD_TOO_LARGE} or {@code DUPLICATE_IDEMPOTENCY_KEY}
   */
  public TestResult test(String webhookId, @Nullable Object payload) {
    Objects.requireNonNull(webhookId, "webhookId");
    Event event = payload == null ? null : Event.of(EventCatalog.TEST_EVENT, payload);
    return webhooks.tests().test(joined(), webhookId, event);
  }

  /**
   * Sends a test whose payload is JSON text, embedded verbatim; else like {@link #test(String,
   * Object)}.
   *
   * @param webhookId {@code wh_…}
   * @param json the text of a JSON object without duplicate keys; null for a default
   */
  public TestResult testJson(String webhookId, @Nullable String json) {
    Objects.requireNonNull(webhookId, "webhookId");
    Event event = json == null ? null : Event.ofJson(EventCatalog.TEST_EVENT, json);
    return webhooks.tests().test(joined(), webhookId, event);
  }

  /** Returns the account's id. */
  public String id() {
    return scope.account();
  }

  /** Returns the scope of one operation, in the host's current transaction if there is one. */
  private Scope joined() {
    AmbientTransactions port = webhooks.ambientTransactions();
    if (port == null || scope.transaction() != null) {
      return scope;
    }
    return new Scope(scope.account(), current(port), scope.idempotencyKey());
  }

  private static @Nullable HostTransaction current(AmbientTransactions port) {
    try {
      return port.current();
    } catch (WebhookException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new IllegalStateException("the host's current transaction cannot be joined: " + e, e);
    }
  }
}
