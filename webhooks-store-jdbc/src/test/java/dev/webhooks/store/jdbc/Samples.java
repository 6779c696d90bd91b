package dev.webhooks.store.jdbc;

import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.NewEvent.NewDelivery;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import dev.webhooks.spi.store.WebhookStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes what these tests store. */
final class Samples {
  static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456Z");
  static final String ACME = "acme";

  private static final IdGenerator IDS = new IdGenerator(new Random(7));

  private Samples() {}

  static UUID id() {
    return IDS.next(NOW);
  }

  static WebhookRow webhook(@Nullable String name) {
    byte[] secret = bytes("secret");
    WebhookConfiguration configuration = WebhookConfiguration.of(id(), ACME)
        .url("https://acme.example/")
        .headers(secret)
        .secret(secret)
        .build();
    return new WebhookRow(configuration, name, List.of("order.*"), NOW, NOW);
  }

  static long insertWebhook(WebhookStore store) {
    WebhookRow row = webhook("sample");
    return store.transact(session -> session.insertWebhook(row));
  }

  static NewEvent event(long webhook) {
    return event(webhook, 0, null);
  }

  static NewEvent event(long webhook, long owner, @Nullable String givenId) {
    UUID id = id();
    return new NewEvent(
        id,
        ACME,
        givenId,
        Fingerprint.of("publish").add(givenId).build(),
        "order.paid",
        bytes("{\"id\":\"" + id + "\"}"),
        NOW,
        NOW.plusSeconds(86_400),
        null,
        List.of(new NewDelivery(new DeliveryRef(webhook, id()), owner)));
  }

  static AttemptOutcome delivered(ClaimRef claim) {
    return new AttemptOutcome(
        claim, 1, NOW, 5, 200, null, bytes("ok"), DeliveryStatus.SUCCESS, null);
  }

  static AttemptOutcome putOff(ClaimRef claim) {
    return new AttemptOutcome(
        claim,
        1,
        NOW,
        5,
        500,
        DeliveryError.HTTP_STATUS,
        bytes(""),
        DeliveryStatus.PENDING,
        NOW.plusSeconds(5));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static void publish(WebhookStore store, NewEvent... events) {
    write(store, session -> session.insertEvents(List.of(events)));
  }

  static void write(WebhookStore store, Consumer<StoreSession> work) {
    store.transact(session -> {
      work.accept(session);
      return true;
    });
  }
}
