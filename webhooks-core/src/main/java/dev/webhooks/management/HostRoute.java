package dev.webhooks.management;

/**
 * Answers the requests to a route that the host adds to the management API. Implemented by the
 * host; called by many threads at once.
 */
@FunctionalInterface
public interface HostRoute {
  /**
   * Answers a request.
   *
   * @param call the request, whose caller is known
   * @return what to send, for example made by {@link ApiResponse#json}
   * @throws dev.webhooks.model.WebhookException to refuse the request with its code
   */
  ApiResponse handle(HostCall call);
}
