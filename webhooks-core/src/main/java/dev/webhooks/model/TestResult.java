package dev.webhooks.model;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The result of a test request.
 *
 * @param deliveryId under which the delivery log shows it, {@code dlv_…}
 * @param eventId the id that the receiver saw, {@code evt_…}
 * @param delivered whether the endpoint accepted it with a status from 200 to 299 in time
 * @param responseStatus the HTTP status, or null if no answer came
 * @param responseTimeMs how long the whole exchange took, in milliseconds
 * @param responseBody the beginning of what the endpoint sent back, as text with invalid bytes
 *     replaced, or null; hostile input: escape it wherever it is shown
 * @param error why it failed, or null if it was delivered
 */
public record TestResult(
    String deliveryId,
    String eventId,
    boolean delivered,
    @Nullable Integer responseStatus,
    int responseTimeMs,
    @Nullable String responseBody,
    @Nullable DeliveryError error) {
  /** Refuses null for what must be present. */
  public TestResult {
    Objects.requireNonNull(deliveryId, "deliveryId");
    Objects.requireNonNull(eventId, "eventId");
  }
}
