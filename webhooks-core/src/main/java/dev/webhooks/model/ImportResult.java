package dev.webhooks.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of importing one webhook.
 *
 * @param id the id as given
 * @param outcome what was done
 * @param webhook the webhook as it is now, or null if it was refused
 * @param refusal why it was refused, or null; its message holds no secret
 */
public record ImportResult(
    String id,
    Outcome outcome,
    @Nullable Webhook webhook,
    @Nullable WebhookException refusal) {
  /** Refuses null for what must be present. */
  public ImportResult {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(outcome, "outcome");
  }

  /** The outcomes of an import. */
  public enum Outcome {
    /** The webhook is here now. */
    IMPORTED,
    /** It was here already, as it was given; nothing was done. */
    UNCHANGED,
    /** It was refused; nothing was done. */
    REFUSED
  }

  /** Returns the result for a webhook that is here. */
  public static ImportResult present(Outcome outcome, Webhook webhook) {
    Objects.requireNonNull(webhook, "webhook");
    return new ImportResult(webhook.id(), outcome, webhook, null);
  }

  /** Returns the result for a webhook that was refused. */
  public static ImportResult refused(String id, WebhookException refusal) {
    Objects.requireNonNull(refusal, "refusal");
    return new ImportResult(id, Outcome.REFUSED, null, refusal);
  }

  /** Returns whether the webhook was refused. */
  public boolean isRefused() {
    return outcome == Outcome.REFUSED;
  }
}
