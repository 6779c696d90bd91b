package dev.webhooks.internal.registry;

/**
 * Thrown when a stored webhook cannot be read: it was encrypted with a key that is not known here,
 * or somebody has changed it. The message holds no secret.
 */
public final class UndecryptableException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  UndecryptableException(String message) {
    super(message);
  }
}
