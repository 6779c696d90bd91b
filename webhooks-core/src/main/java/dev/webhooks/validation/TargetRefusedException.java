package dev.webhooks.validation;

import dev.webhooks.model.DeliveryError;
import java.io.IOException;
import java.util.Objects;

/**
 * Says that a target may not be dialled, or that its name did not resolve. The message names no
 * address.
 */
public final class TargetRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final DeliveryError error;

  /**
   * Creates an exception.
   *
   * @param error {@link DeliveryError#DNS} or {@link DeliveryError#BLOCKED_ADDRESS}
   * @param message the rule that was broken
   */
  public TargetRefusedException(DeliveryError error, String message) {
    super(Objects.requireNonNull(message, "message"));
    this.error = Objects.requireNonNull(error, "error");
  }

  /** Returns the class of the failure. */
  public DeliveryError error() {
    return error;
  }
}
