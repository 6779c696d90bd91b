package dev.webhooks.model;

/** Says how far a delivery has come. */
public enum DeliveryStatus {
  /** Not yet delivered; an attempt is under way, due or waiting for its time. */
  PENDING,
  /** The endpoint answered an attempt with a status from 200 to 299. */
  SUCCESS,
  /** Given up; it can be retried by hand once. */
  FAILED
}
