package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.StoreFixture;
import dev.webhooks.testing.TestAnswer;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A secret is rotated on real databases while deliveries are in flight and being retried. */
class JdbcSecretRotationTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String FIRST = "the first secret of all";
  private static final String SECOND = "the second secret of all";

  static Stream<Arguments> databases() {
    return Stream.of(
        Arguments.of("H2", (Supplier<StoreFixture>) JdbcFixture::h2Memory),
        Arguments.of("PostgreSQL", (Supplier<StoreFixture>) JdbcFixture::postgres),
        Arguments.of("MariaDB", (Supplier<StoreFixture>) JdbcFixture::mariaDb));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("databases")
  void every_request_verifies_with_the_secret_that_its_receiver_holds_at_that_time(
      String name, Supplier<StoreFixture> database) {
    try (StoreFixture fixture = database.get();
        TestWebhooks kit = TestWebhooks.on(
            fixture.store(),
            EventCatalog.acceptingAny(),
            builder -> builder.secretCipher(
                AesGcmSecretCipher.of(new byte[AesGcmSecretCipher.KEY_BYTES])))) {
      AccountWebhooks acme = kit.account("acme");
      String webhook =
          acme.create(WebhookDraft.to(URL).events("*").secret(FIRST)).webhook().id();
      TestReceiver receiver = kit.receiver(URL)
          .answers(TestAnswer.status(500).taking(Duration.ofSeconds(2)))
          .answers(500, 503, 500, 500, 200, 500, 500, 500, 500, 200)
          .whileAnswering(() -> acme.rotateSecret(webhook, SecretRotation.to(SECOND)));
      acme.publish(Event.of("order.paid", Map.of()));
      kit.runUntilIdle();
      Instant rotated = receiver.requests().get(0).at();
      Instant overlapEnds = rotated.plus(Duration.ofHours(24));
      Instant receiverChanges = rotated.plus(Duration.ofHours(12));
      kit.advance(Duration.ofHours(23));
      acme.publish(Event.of("order.paid", Map.of()));
      kit.advance(Duration.ofDays(3));

      List<ReceivedRequest> requests = receiver.requests();
      assertThat(requests).filteredOn(r -> r.at().isBefore(receiverChanges)).hasSizeGreaterThan(4);
      assertThat(requests).filteredOn(r -> !r.at().isBefore(overlapEnds)).isNotEmpty();
      assertThat(requests).allSatisfy(request -> {
        boolean old = request.at().isBefore(receiverChanges);
        assertThat(verifies(request, old ? FIRST : SECOND)).as("%s", request).isTrue();
        assertThat(verifies(request, FIRST)).isEqualTo(request.at().isBefore(overlapEnds));
      });
      assertThat(kit.deliveries("acme"))
          .hasSize(2)
          .allMatch(delivery -> delivery.status() == DeliveryStatus.SUCCESS);
    }
  }

  private static boolean verifies(ReceivedRequest request, String secret) {
    return WebhookVerifier.builder()
        .secret(secret)
        .clock(request::at)
        .build()
        .verify(request.headers(), request.body())
        .isAccepted();
  }
}
