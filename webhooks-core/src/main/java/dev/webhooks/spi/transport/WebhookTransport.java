package dev.webhooks.spi.transport;

import dev.webhooks.validation.TargetGuard;
import java.time.Duration;

/**
 * Sends one HTTP request and says what came of it. Implementations are thread-safe and block the
 * calling thread.
 *
 * <p>A transport follows no redirect, uses no proxy that it was not given (the JVM's proxy
 * properties neither), keeps no cookies and re-sends nothing by itself, except once on a new
 * connection when a reused one died before any byte of an answer. It dials only addresses that its
 * {@link TargetGuard} let through. The transport on OkHttp cannot be given a proxy.
 */
@FunctionalInterface
public interface WebhookTransport extends AutoCloseable {
  /**
   * Sends a request and reads the answer.
   *
   * @param request what to send, byte for byte
   * @param timeout how long the whole exchange may take: look-up, connect, TLS, request, response
   *     headers and body
   * @return what came of it; a failed delivery is a value and not an exception. Should it throw all
   *     the same, the attempt has failed, and the log shows the exception without its message,
   *     which may quote the request.
   */
  TransportResult send(TransportRequest request, Duration timeout);

  /**
   * Hands over the rule for targets; called once, before the first request. A transport that opens
   * sockets and was given none refuses every request with {@code BLOCKED_ADDRESS}. One that leaves
   * sockets and look-ups to a proxy can only check the target's name: what is dialled is then the
   * proxy's to decide.
   *
   * @param guard looks names up and checks addresses
   */
  default void guardWith(TargetGuard guard) {}

  /** Releases connections and threads; requests under way may fail. */
  @Override
  default void close() {}
}
