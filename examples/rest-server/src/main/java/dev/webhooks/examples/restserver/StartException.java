package dev.webhooks.examples.restserver;

/** Says why the server cannot start although its configuration is well-formed. */
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
