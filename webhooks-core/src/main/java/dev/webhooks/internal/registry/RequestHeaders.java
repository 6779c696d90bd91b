package dev.webhooks.internal.registry;

import dev.webhooks.internal.validation.HeaderMask;
import dev.webhooks.model.Delivery;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The headers of a request: those that are sent, and the same as customers are shown them.
 * Thread-safe.
 */
public final class RequestHeaders {
  /** Stands for a value that is not kept: most of them are computed anew for each attempt. */
  static final String SIGNED = "<written by the signature scheme>";

  private final ConfigurationCodec codec;
  private final String userAgent;
  private final Set<String> signatureHeaders;

  /**
   * Creates the headers of a sender.
   *
   * @param codec opens custom headers
   * @param userAgent how the sender names itself
   * @param signatureHeaders the names that the signer writes
   */
  public RequestHeaders(ConfigurationCodec codec, String userAgent, Set<String> signatureHeaders) {
    this.codec = codec;
    this.userAgent = userAgent;
    this.signatureHeaders = signatureHeaders;
  }

  /**
   * Returns the headers that the sender adds to each request, apart from signatures.
   *
   * @param event the event type
   * @param delivery the delivery's id
   * @param attempt the attempt's number, from 1
   */
  public static Map<String, String> ofSender(
      String userAgent, String event, String delivery, int attempt) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "application/json");
    headers.put("user-agent", userAgent);
    headers.put("x-webhook-event", event);
    headers.put("x-webhook-delivery", delivery);
    headers.put("x-webhook-attempt", Integer.toString(attempt));
    return headers;
  }

  /**
   * Adds headers of the sender to custom ones, which they replace whatever the case of the name.
   *
   * @param custom names and values; changed
   * @param ours names and values of the sender
   * @return {@code custom}
   */
  public static Map<String, String> add(Map<String, String> custom, Map<String, String> ours) {
    custom.keySet().removeIf(name -> ours.keySet().stream().anyMatch(name::equalsIgnoreCase));
    custom.putAll(ours);
    return custom;
  }

  /**
   * Returns the headers of a delivery's latest attempt, or of its first while there was none. The
   * custom ones are the webhook's present ones, with sensitive values masked; signatures have a
   * placeholder.
   */
  Map<String, String> shown(WebhookConfiguration webhook, Delivery delivery) {
    Map<String, String> ours =
        ofSender(userAgent, delivery.event(), delivery.id(), Math.max(1, delivery.attempts()));
    signatureHeaders.stream().sorted().forEach(name -> ours.put(name, SIGNED));
    return add(HeaderMask.mask(codec.readableHeaders(webhook)), ours);
  }
}
