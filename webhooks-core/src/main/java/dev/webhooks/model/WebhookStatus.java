package dev.webhooks.model;

/** Says what happens to the deliveries of a webhook. */
public enum WebhookStatus {
  /** Deliveries are sent. */
  ACTIVE,
  /** Deliveries are collected as pending and sent once the webhook is active again. */
  PAUSED,
  /** The endpoint is gone or failed for days: deliveries end as failed without a request. */
  FAILED
}
