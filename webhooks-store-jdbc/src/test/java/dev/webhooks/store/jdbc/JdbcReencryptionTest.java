package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Reencryption;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.StoreFixture;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The key is changed on real databases, by two instances at once and while both are sending. */
@Timeout(Patience.OF_A_TEST)
class JdbcReencryptionTest {
  private static final int WEBHOOKS = 30;
  private static final int EVENTS = 10;
  private static final byte[] OLD = key(1);
  private static final byte[] NEW = key(2);
  private static final WebhookDraft DRAFT =
      WebhookDraft.to("https://hooks.acme.example/in").events("*").header("X-Api-Key", "k-123");

  /** The secret that the owner of each webhook was shown last. */
  private final Map<String, String> secrets = new ConcurrentHashMap<>();

  private final Queue<String> problems = new ConcurrentLinkedQueue<>();

  static Stream<Arguments> databases() {
    return Stream.of(
        Arguments.of("H2", (Supplier<StoreFixture>) JdbcFixture::h2Memory),
        Arguments.of("PostgreSQL", (Supplier<StoreFixture>) JdbcFixture::postgres),
        Arguments.of("MariaDB", (Supplier<StoreFixture>) JdbcFixture::mariaDb));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void the_key_is_changed_while_two_instances_send(String name, Supplier<StoreFixture> database)
      throws Exception {
    try (StoreFixture fixture = database.get()) {
      List<String> ids = registerUnderTheOldKey(fixture.store());
      CountDownLatch sent = new CountDownLatch(2 * WEBHOOKS * EVENTS);
      SecretCipher both = AesGcmSecretCipher.of(NEW, OLD);
      try (Webhooks one = instance(fixture.store(), both, sent);
          Webhooks two = instance(fixture.otherStore(), both, sent)) {
        one.start();
        two.start();
        List<CompletableFuture<Void>> publishing =
            Stream.of(one, two).map(this::publishing).toList();
        CompletableFuture<Reencryption> first = CompletableFuture.supplyAsync(one::reencrypt);
        Reencryption second = two.reencrypt();

        assertThat(List.of(first.get(), second)).allMatch(Reencryption::complete);
        assertThat(first.get().webhooks() + second.webhooks()).isEqualTo(WEBHOOKS);
        assertThat(first.get().answers() + second.answers()).isEqualTo(WEBHOOKS);
        publishing.forEach(CompletableFuture::join);
        assertThat(sent.await(Patience.SECONDS, TimeUnit.SECONDS))
            .as("all was sent")
            .isTrue();
      }
      assertThat(problems).isEmpty();
      assertTheOldKeyIsNotNeeded(fixture.store(), ids);
    }
  }

  private List<String> registerUnderTheOldKey(WebhookStore store) {
    List<String> ids = new ArrayList<>();
    try (Webhooks before = instance(store, AesGcmSecretCipher.of(OLD), new CountDownLatch(0))) {
      AccountWebhooks acme = before.account("acme");
      for (int i = 0; i < WEBHOOKS; i++) {
        CreatedWebhook created = acme.withIdempotencyKey("create-" + i).create(DRAFT);
        String id = created.webhook().id();
        ids.add(id);
        secrets.put(id, created.secret().orElseThrow().reveal());
        if (i % 3 == 0) {
          acme.rotateSecret(id, SecretRotation.to("the new secret of number " + i));
        }
      }
    }
    return ids;
  }

  private void assertTheOldKeyIsNotNeeded(WebhookStore store, List<String> ids) {
    try (Webhooks after = instance(store, AesGcmSecretCipher.of(NEW), new CountDownLatch(0))) {
      AccountWebhooks acme = after.account("acme");
      assertThat(after.reencrypt()).isEqualTo(new Reencryption(0, 0, 0, 0));
      for (int i = 0; i < WEBHOOKS; i++) {
        CreatedWebhook again = acme.withIdempotencyKey("create-" + i).create(DRAFT);
        assertThat(again.webhook().id()).isEqualTo(ids.get(i));
        assertThat(again.secret().orElseThrow().reveal()).isEqualTo(secrets.get(ids.get(i)));
        assertThat(acme.test(ids.get(i)).delivered()).isTrue();
      }
      assertThat(problems).isEmpty();
    }
  }

  private CompletableFuture<Void> publishing(Webhooks instance) {
    return CompletableFuture.runAsync(() -> {
      for (int i = 0; i < EVENTS; i++) {
        instance.account("acme").publish(Event.of("order.paid", Map.of("orderId", i)));
      }
    });
  }

  private Webhooks instance(WebhookStore store, SecretCipher cipher, CountDownLatch sent) {
    return Webhooks.builder()
        .store(store)
        .transport((request, timeout) -> {
          TransportResult result = receive(request);
          sent.countDown();
          return result;
        })
        .events(EventCatalog.acceptingAny())
        .retrySchedule(RetrySchedule.after(Duration.ofMinutes(1)))
        .resolver(host -> List.of(InetAddress.getByAddress(host, new byte[] {8, 8, 8, 8})))
        .secretCipher(cipher)
        .build();
  }

  /** A request is good if the first secret of one of the webhooks verifies it. */
  private TransportResult receive(TransportRequest request) {
    boolean verified = secrets.values().stream()
        .anyMatch(secret ->
            WebhookVerifier.of(secret).verify(request.headers(), request.body()).isAccepted());
    if (!verified) {
      problems.add("a request that no secret verifies");
    }
    if (!"k-123".equals(request.headers().get("X-Api-Key"))) {
      problems.add("a request without its custom header");
    }
    return TransportResult.answered(200, new byte[0], null);
  }

  private static byte[] key(int seed) {
    byte[] key = new byte[AesGcmSecretCipher.KEY_BYTES];
    Arrays.fill(key, (byte) seed);
    return key;
  }
}
