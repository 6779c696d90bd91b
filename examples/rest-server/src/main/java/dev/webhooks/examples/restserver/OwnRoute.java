package dev.webhooks.examples.restserver;

import com.sun.net.httpserver.HttpExchange;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;

/**
 * A route outside the management API, which needs no token.
 *
 * @param path the whole path
 * @param methods the methods that it takes
 * @param handler what it does
 */
record OwnRoute(String path, List<String> methods, Function<ApiRequest, ApiResponse> handler) {
  ApiResponse answer(HttpExchange exchange) throws IOException {
    return methods.contains(exchange.getRequestMethod())
        ? handler.apply(Exchanges.read(exchange))
        : Errors.wrongMethod(String.join(", ", methods));
  }
}
