package dev.webhooks.internal.registry;

import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.ImportResult;
import dev.webhooks.model.ImportResult.Outcome;
import dev.webhooks.model.PublicId;
import dev.webhooks.model.Secret;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.registry.Scope;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Takes over webhooks of another sender with their ids and secrets. Thread-safe. */
public final class WebhookImports {
  private final Transactions transactions;
  private final RegistryRules rules;
  private final ConfigurationCodec codec;
  private final WebhookViews views;

  /**
   * Creates the operation.
   *
   * @param rules what a webhook must look like
   * @param codec encrypts secrets and headers
   */
  public WebhookImports(Transactions transactions, RegistryRules rules, ConfigurationCodec codec) {
    this.transactions = transactions;
    this.rules = rules;
    this.codec = codec;
    this.views = new WebhookViews(codec);
  }

  /**
   * Imports webhooks, each by itself: one that is refused changes nothing for the others.
   *
   * @return a result for each, in the same order
   * @throws StoreUnavailableException if the store is away; those before may be imported
   */
  public List<ImportResult> importAll(Scope scope, List<WebhookImport> webhooks) {
    return webhooks.stream().map(webhook -> importOne(scope, webhook)).toList();
  }

  private ImportResult importOne(Scope scope, WebhookImport webhook) {
    try {
      Instant now = transactions.clock().instant();
      String id = NamePolicy.webhookId(webhook.id());
      Instant createdAt = createdAt(webhook, now);
      WebhookDraft draft = checked(webhook.draft());
      WebhookRow row = row(scope.account(), id, webhook, draft, createdAt, now);
      return transactions.run(scope, session -> store(session, row, draft));
    } catch (StoreUnavailableException e) {
      throw e;
    } catch (WebhookException e) {
      return ImportResult.refused(webhook.id(), e);
    }
  }

  private static Instant createdAt(WebhookImport webhook, Instant now) {
    Instant given = webhook.createdAt();
    if (given == null) {
      return now;
    }
    if (given.isAfter(now) || given.isBefore(Instant.EPOCH)) {
      throw invalid("createdAt must lie between 1970 and now");
    }
    return given;
  }

  private WebhookDraft checked(WebhookDraft draft) {
    if (draft.secret() == null) {
      throw invalid("secret is missing: an imported webhook keeps the one that its receiver knows");
    }
    try {
      return rules.check(draft);
    } catch (WebhookException e) {
      if (e.code() != ErrorCode.SECRET_TOO_SHORT) {
        throw e;
      }
      throw new WebhookException(
          e.code(),
          e.getMessage() + ": give it and its receiver a longer one in the old sender first",
          e);
    }
  }

  /** The limit of an account does not count here: nobody loses a webhook by moving. */
  private ImportResult store(StoreSession session, WebhookRow row, WebhookDraft draft) {
    session.lockAccount(row.account());
    Optional<WebhookRow> present =
        session.findWebhook(row.account(), row.configuration().id());
    if (present.isEmpty()) {
      session.insertWebhook(row);
      return ImportResult.present(Outcome.IMPORTED, views.ofNew(row));
    }
    if (!isSame(present.get(), draft)) {
      throw new WebhookException(
          ErrorCode.DUPLICATE_IDEMPOTENCY_KEY,
          "webhook " + row.configuration().publicId()
              + " is here with another URL, name, events, headers or secret; it stays as it is");
    }
    return ImportResult.present(Outcome.UNCHANGED, views.of(session, present.get()));
  }

  /** The status may have been changed since, and is no reason to refuse a repetition. */
  private boolean isSame(WebhookRow present, WebhookDraft draft) {
    WebhookConfiguration configuration = present.configuration();
    Secret secret = codec.open(configuration.id(), configuration.secret());
    return configuration.url().equals(draft.url())
        && Objects.equals(present.name(), draft.name())
        && present.events().equals(draft.events())
        && codec.headers(configuration).equals(draft.headers())
        && Objects.equals(secret, draft.secret());
  }

  private WebhookRow row(
      String account,
      String givenId,
      WebhookImport webhook,
      WebhookDraft draft,
      Instant createdAt,
      Instant now) {
    UUID id = WebhookIds.idOf(givenId);
    boolean own = PublicId.WEBHOOK.parse(givenId).isPresent();
    Secret secret = Objects.requireNonNull(draft.secret());
    WebhookConfiguration configuration = WebhookConfiguration.of(id, account)
        .givenId(own ? null : givenId)
        .url(draft.url())
        .headers(codec.seal(id, draft.headers()))
        .secret(codec.seal(id, secret))
        .status(webhook.status())
        .build();
    return new WebhookRow(configuration, draft.name(), draft.events(), createdAt, now);
  }

  private static WebhookException invalid(String rule) {
    return new WebhookException(ErrorCode.INVALID_REQUEST, rule);
  }
}
