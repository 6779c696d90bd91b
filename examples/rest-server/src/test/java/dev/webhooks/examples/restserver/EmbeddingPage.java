package dev.webhooks.examples.restserver;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A host's page on an origin of its own, which embeds the portal and hands it tokens. */
final class EmbeddingPage implements AutoCloseable {
  private static final String PAGE = """
      <!doctype html><html lang="en"><title>Host</title>
      <iframe src="%s" title="Webhooks" width="900" height="700" allow="clipboard-write"></iframe>
      <script>
      const tokens = '%s'.split(' ');
      let asked = 0;
      addEventListener('message', event => {
        if (event.origin === '%s' && event.data.type === 'webhooks-portal:token-needed') {
          asked++;
          event.source.postMessage(
            {type: 'webhooks-portal:token', token: tokens.shift()}, event.origin);
        }
      });
      </script></html>
      """;

  private final HttpServer server;
  private volatile String page = "";

  EmbeddingPage() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", exchange -> {
      try (exchange) {
        byte[] body = page.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("content-type", "text/html; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
      }
    });
    server.start();
  }

  /** Embeds a portal from now on, and gives it one token after the other when it asks. */
  void embeds(String portal, String... tokens) {
    URI at = URI.create(portal);
    String origin = at.getScheme() + "://" + at.getAuthority();
    page = PAGE.formatted(portal, String.join(" ", tokens), origin);
  }

  String origin() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
