package dev.webhooks.model;

import java.util.Objects;

/**
 * Says what a publish stored.
 *
 * @param eventId the event's id, given or generated
 * @param deliveries how many webhooks will receive it
 */
public record PublishResult(String eventId, int deliveries) {
  /** Refuses null for what must be present. */
  public PublishResult {
    Objects.requireNonNull(eventId, "eventId");
  }
}
