package dev.webhooks.model;

/**
 * Says what a publish stored.
 *
 * @param eventId the event's id, given or generated
 * @param deliveries how many webhooks will receive it
 */
public record PublishResult(String eventId, int deliveries) {}
