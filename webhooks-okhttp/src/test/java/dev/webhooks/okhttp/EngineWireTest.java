package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.WebhooksBuilder;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.Verification;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The bytes that leave the process when the whole library sends a delivery. */
class EngineWireTest extends Sending {
  private static final String SECRET = "a secret between the two";
  private static final String DATA =
      "{\"amount\": 9.90,  \"name\":\"Zo\u00eb \ud83d\udd11\",\"nul\":\"\\u0000\"}";

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();

  @Test
  void each_attempt_has_one_of_each_header_and_the_very_bytes_that_were_signed() throws Exception {
    CountDownLatch twice = new CountDownLatch(2);
    try (RawServer server = answering("500 X", twice);
        Webhooks webhooks = library().build()) {
      webhooks.start();
      AccountWebhooks acme = webhooks.account("acme");
      acme.create(WebhookDraft.to(server.url() + "?a=%2F")
          .events("*")
          .secret(SECRET)
          .header("x-API-key", "k-123")
          .header("AUTHORIZATION", "Bearer a  b")
          .header("accept", ""));
      acme.publish(Event.ofJson("order.paid", DATA).withId("evt-17"));
      assertThat(twice.await(Usage.PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      Received first = Received.of(server.requests().get(0));
      Received second = Received.of(server.requests().get(1));
      for (Received request : List.of(first, second)) {
        assertThat(request.line).isEqualTo("POST /in?a=%2F HTTP/1.1");
        assertThat(request.headers)
            .containsOnlyKeys(
                "host",
                "x-api-key",
                "authorization",
                "accept",
                "content-type",
                "user-agent",
                "x-webhook-event",
                "x-webhook-delivery",
                "x-webhook-attempt",
                "x-webhook-signature",
                "webhook-id",
                "webhook-timestamp",
                "webhook-signature",
                "content-length")
            .containsEntry("host", "hooks.test:" + server.port())
            .containsEntry("x-api-key", "k-123")
            .containsEntry("authorization", "Bearer a  b")
            .containsEntry("webhook-id", "evt-17")
            .containsEntry("content-length", Integer.toString(request.body.length));
        assertThat(new String(request.body, StandardCharsets.UTF_8)).endsWith(DATA + "}");
        assertThat(WebhookVerifier.of(SECRET).verify(request.headers, request.body))
            .isEqualTo(Verification.ACCEPTED);
      }
      assertThat(second.body).isEqualTo(first.body);
      assertThat(first.headers).containsEntry("x-webhook-attempt", "1");
      assertThat(second.headers).containsEntry("x-webhook-attempt", "2");
    }
  }

  @Test
  void a_custom_header_that_a_signature_scheme_claims_later_is_never_sent() throws Exception {
    try (RawServer server = answering("200 OK", new CountDownLatch(1))) {
      String id;
      try (Webhooks before = library().build()) {
        WebhookDraft draft = WebhookDraft.to(server.url()).events("*");
        id = before
            .account("acme")
            .create(draft.header("Acme-Signature", "sha256=00"))
            .webhook()
            .id();
      }
      OkHttpTransport another = builder().build();
      try (Webhooks after = library()
          .transport(another)
          .signatures(SignatureScheme.bodyOnly("acme-signature"))
          .build()) {
        TestResult result = after.account("acme").test(id);

        assertThat(result.error()).isEqualTo(DeliveryError.UNSENDABLE);
        assertThat(server.connections()).isZero();
      }
    }
  }

  private WebhooksBuilder library() {
    return Webhooks.builder()
        .store(store)
        .transport(transport)
        .events(EventCatalog.acceptingAny())
        .retrySchedule(RetrySchedule.after(Duration.ZERO))
        .resolver(host -> List.of(InetAddress.getLoopbackAddress()))
        .allowTargets(Certificates.NAME);
  }

  private static RawServer answering(String status, CountDownLatch arrivals) throws IOException {
    return RawServer.tls(peer -> {
      while (true) {
        peer.read();
        peer.say("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
        arrivals.countDown();
      }
    });
  }

  /** A request taken apart, its names in lower case; a name that comes twice is an error. */
  private record Received(String line, Map<String, String> headers, byte[] body) {
    static Received of(String request) {
      int end = request.indexOf("\r\n\r\n");
      String[] head = request.substring(0, end).split("\r\n", -1);
      Map<String, String> headers = new TreeMap<>();
      for (int i = 1; i < head.length; i++) {
        String[] header = head[i].split(": ?", 2);
        String twice = headers.put(header[0].toLowerCase(Locale.ROOT), header[1]);
        assertThat(twice).as(header[0]).isNull();
      }
      byte[] body = request.substring(end + 4).getBytes(StandardCharsets.ISO_8859_1);
      return new Received(head[0], headers, body);
    }
  }
}
