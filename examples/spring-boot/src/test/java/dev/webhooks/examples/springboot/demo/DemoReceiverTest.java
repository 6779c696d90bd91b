package dev.webhooks.examples.springboot.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A webhook that a visitor creates in the portal receives events like the demo's own. */
class DemoReceiverTest {
  private final List<DemoReceiver.Arrival> arrivals = new CopyOnWriteArrayList<>();

  @TempDir
  private Path directory;

  private DemoReceiver receiver;
  private Webhooks webhooks;
  private AccountWebhooks acme;

  @BeforeEach
  void start() throws Exception {
    Path pem = directory.resolve("receiver.pem");
    receiver = new DemoReceiver(0, pem, arrivals::add);
    webhooks = Webhooks.builder()
        .store(new InMemoryWebhookStore())
        .transport(OkHttpTransport.builder().trust(certificate(pem)).build())
        .events(EventCatalog.acceptingAny())
        .secretCipher(SecretCipher.none())
        .allowTargets("localhost")
        .build();
    webhooks.start();
    acme = webhooks.account("acme");
  }

  @AfterEach
  void close() {
    if (webhooks != null) {
      webhooks.close();
    }
    if (receiver != null) {
      receiver.close();
    }
  }

  private static X509Certificate certificate(Path pem) throws Exception {
    try (InputStream text = Files.newInputStream(pem)) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(text);
    }
  }

  /** Sends a test, which waits for the answer. */
  private TestResult test(WebhookDraft draft) {
    return acme.test(acme.create(draft.events("order.*")).webhook().id());
  }

  @Test
  void a_webhook_with_a_generated_secret_is_accepted_at_any_path() {
    TestResult result = test(WebhookDraft.to(receiver.url("/mine/a?b=c")));

    assertThat(result.responseStatus()).isEqualTo(204);
    assertThat(arrivals).singleElement().satisfies(arrival -> {
      assertThat(arrival.path()).isEqualTo("/mine/a");
      assertThat(arrival.verified()).isFalse();
      assertThat(arrival.event()).isEqualTo("webhook.test");
    });
  }

  @Test
  void what_is_signed_with_the_demos_secret_is_verified_everywhere() {
    test(WebhookDraft.to(receiver.url()).secret(DemoReceiver.SECRET));
    test(WebhookDraft.to(receiver.url("/mine")).secret(DemoReceiver.SECRET));

    assertThat(arrivals).hasSize(2).allMatch(DemoReceiver.Arrival::verified);
  }

  @Test
  void the_demos_own_path_refuses_any_other_secret() {
    TestResult result = test(WebhookDraft.to(receiver.url()));

    assertThat(result.responseStatus()).isEqualTo(401);
    assertThat(arrivals).isEmpty();
  }
}
