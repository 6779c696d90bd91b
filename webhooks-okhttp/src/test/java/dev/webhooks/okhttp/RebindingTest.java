package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Names whose addresses change between any two look-ups. 127.0.0.2 stands for a public address: it
 * is this machine too, but the guard is told to take it, unlike 127.0.0.1.
 */
class RebindingTest extends Sending {
  private static final String TAKEN = "127.0.0.2";
  private static final String LOOPBACK = "127.0.0.1";

  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void ten_thousand_attempts_at_a_name_that_flips_never_reach_loopback() throws Exception {
    CountingListener trap = open(new CountingListener(LOOPBACK, 0));
    FlippingResolver name = new FlippingResolver(TAKEN, LOOPBACK);
    guardWith(name);
    Map<DeliveryError, Integer> errors = new EnumMap<>(DeliveryError.class);

    for (int attempt = 1; attempt <= 10_000; attempt++) {
      TransportResult result = send("https://hooks.test:" + trap.port() + "/in");
      errors.merge(result.error(), 1, Integer::sum);
      assertThat(name.lookups()).isEqualTo(attempt);
    }

    assertThat(trap.accepts()).isZero();
    // Nobody listens on the other address, which is how one sees that it was dialled.
    assertThat(errors)
        .containsOnly(
            Map.entry(DeliveryError.BLOCKED_ADDRESS, 5_000),
            Map.entry(DeliveryError.CONNECT, 5_000));
  }

  @Test
  void an_open_connection_serves_no_attempt_whose_look_up_is_refused() throws Exception {
    try (RawServer server = RawServer.tls(peer -> {
      while (true) {
        peer.read();
        peer.say("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      }
    })) {
      // The server is on 127.0.0.1, so that is what is taken here.
      FlippingResolver name = new FlippingResolver(LOOPBACK, "10.0.0.1");
      guardWith(name, LOOPBACK);

      for (int round = 0; round < 100; round++) {
        assertThat(send(server.url()).succeeded()).isTrue();
        assertThat(send(server.url()).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      }

      assertThat(name.lookups()).isEqualTo(200);
      assertThat(server.requests()).hasSize(100);
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void a_test_of_a_webhook_goes_the_same_way_as_its_deliveries() throws Exception {
    CountingListener trap = open(new CountingListener(LOOPBACK, 0));
    CountingListener taken = open(new CountingListener(TAKEN, trap.port()));
    FlippingResolver name = new FlippingResolver(TAKEN, LOOPBACK);
    try (Webhooks webhooks = Webhooks.builder()
        .store(new InMemoryWebhookStore())
        .transport(transport)
        .events(EventCatalog.builtIn())
        .resolver(name)
        .allowTargets(TAKEN)
        .build()) {
      webhooks.start();
      AccountWebhooks acme = webhooks.account("acme");
      String id = acme.create(WebhookDraft.to("https://hooks.test:" + trap.port() + "/in")
              .events("dataset.updated"))
          .webhook()
          .id();

      assertThat(acme.test(id).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      assertThat(acme.test(id).error()).isEqualTo(DeliveryError.TLS);
      assertThat(acme.test(id).error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
    }
    assertThat(name.lookups()).isEqualTo(4);
    assertThat(taken.accepts()).isEqualTo(1);
    assertThat(trap.accepts()).isZero();
  }

  private void guardWith(NameResolver resolver) {
    guardWith(resolver, TAKEN);
  }

  private void guardWith(NameResolver resolver, String taken) {
    transport.guardWith(open(PublicTargetGuard.builder()
        .resolver(resolver)
        .rules(TargetRules.publicOnly().allowing(taken))
        .build()));
  }

  private <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }
}
