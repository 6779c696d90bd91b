package dev.webhooks.examples.restserver;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.ManagementApi;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every request: routes outside the management API by themselves, the rest by that. */
final class ApiHandler implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);
  private static final int UNAVAILABLE = 503;

  private final ManagementApi api;
  private final List<OwnRoute> own;
  private final InFlight inFlight;

  ApiHandler(ManagementApi api, List<OwnRoute> own, InFlight inFlight) {
    this.api = api;
    this.own = own;
    this.inFlight = inFlight;
  }

  @Override
  public void handle(HttpExchange exchange) {
    try (exchange) {
      if (inFlight.enter()) {
        try {
          Exchanges.send(exchange, answer(exchange));
        } finally {
          inFlight.leave();
        }
      } else {
        refuse(exchange);
      }
    } catch (IOException e) {
      LOG.debug("A client went away before its answer: {}", e.getMessage());
    }
  }

  private ApiResponse answer(HttpExchange exchange) throws IOException {
    String path = Exchanges.path(exchange);
    for (OwnRoute route : own) {
      if (route.path().equals(path)) {
        return route.answer(exchange);
      }
    }
    return api.handle(Exchanges.read(exchange));
  }

  /** For what still comes in on connections that were open when the server began to stop. */
  private static void refuse(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("connection", "close");
    Exchanges.send(
        exchange,
        Errors.error(
            UNAVAILABLE, "SHUTTING_DOWN", "this process is stopping; nothing was changed"));
  }
}
