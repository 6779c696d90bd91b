package dev.webhooks.okhttp;

import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/** A transport that trusts the tests' authority, and a guard that lets it reach this machine. */
@Timeout(2 * Usage.PATIENCE_SECONDS)
abstract class Sending {
  /** For what ends by itself: never over, however busy the machine is. */
  static final Duration LONG = Duration.ofSeconds(Usage.PATIENCE_SECONDS);

  static final String BODY = "{\"id\":\"evt_1\",\"name\":\"Zo\u00eb\"}";

  final ScriptedGuard guard = new ScriptedGuard();
  final OkHttpTransport transport = guarded(builder());

  /** The first request of a process takes long, for reasons of its own. */
  @BeforeAll
  static void loadClasses() throws IOException {
    try (RawServer http1 = HostileEndpoint.named("answers 999").server();
        RawServer http2 = HostileEndpoint.named("HTTP/2: answers 999").server();
        OkHttpTransport first = builder().build()) {
      first.guardWith(new ScriptedGuard());
      first.send(request(http1.url()), LONG);
      first.send(request(http2.url()), LONG);
    }
  }

  @AfterEach
  void closeTransport() {
    transport.close();
  }

  static OkHttpTransport.Builder builder() {
    return OkHttpTransport.builder().trust(Certificates.AUTHORITY.certificate());
  }

  OkHttpTransport guarded(OkHttpTransport.Builder builder) {
    OkHttpTransport built = builder.build();
    built.guardWith(guard);
    return built;
  }

  TransportResult send(String url) {
    return send(url, LONG);
  }

  TransportResult send(String url, Duration timeout) {
    return transport.send(request(url), timeout);
  }

  static TransportRequest request(String url) {
    return request(url, headers());
  }

  static TransportRequest request(String url, Map<String, String> headers) {
    return new TransportRequest(url, headers, BODY.getBytes(StandardCharsets.UTF_8));
  }

  static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("User-Agent", "webhooks/0.1");
    headers.put("content-type", "application/json");
    headers.put("X-Webhook-Signature", "t=1,v1=ab");
    headers.put("X-Api-Key", "k-123");
    return headers;
  }

  static String text(TransportResult result) {
    return new String(result.excerpt(), StandardCharsets.UTF_8);
  }
}
