package dev.webhooks.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.TestResult;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Webhooks whose secret or headers cannot be decrypted: visible, harmless, and mended by the key.
 */
class UndecryptableTest {
  private static final String BAD = "https://bad.example/in";
  private static final String GOOD = "https://good.example/in";
  private static final String SECRET = "sixteen-or-longer";
  private static final byte[] KEY = key(1);
  private static final byte[] OTHER_KEY = key(2);

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final RecordingListener listener = new RecordingListener();
  private final TestWebhooks kit = kit(AesGcmSecretCipher.of(KEY));
  private final AccountWebhooks acme = kit.account("acme");

  @AfterEach
  void close() {
    kit.close();
  }

  @Test
  void under_another_key_every_attempt_fails_on_schedule_and_the_neighbours_are_served() {
    String bad = registered(AesGcmSecretCipher.of(OTHER_KEY), BAD);
    register(GOOD);
    acme.publish(Event.of("order.paid", Map.of()));
    kit.advance(Duration.ofDays(5));

    Delivery given = delivery(bad);
    assertThat(given.status()).isEqualTo(DeliveryStatus.FAILED);
    assertThat(given.error()).isEqualTo(DeliveryError.UNDECRYPTABLE);
    assertThat(acme.delivery(bad, given.id()).attemptLog())
        .as("as many as the schedule has")
        .hasSize(RetrySchedule.standard().attempts())
        .extracting(Attempt::error)
        .containsOnly(DeliveryError.UNDECRYPTABLE);
    assertThat(kit.receiver(BAD).requests()).isEmpty();
    assertThat(kit.receiver(GOOD).requests()).hasSize(1);
    assertThat(acme.get(bad).webhook().status())
        .as("it is not the endpoint's fault")
        .isEqualTo(WebhookStatus.ACTIVE);
  }

  @Test
  void it_is_told_and_warned_of_once() {
    String bad = registered(AesGcmSecretCipher.of(OTHER_KEY), BAD);
    ByteArrayOutputStream log = new ByteArrayOutputStream();

    logging(log, () -> {
      acme.publish(List.of(Event.of("order.paid", Map.of()), Event.of("order.paid", Map.of())));
      kit.advance(Duration.ofHours(3));
    });

    assertThat(listener.calls("undecryptable"))
        .containsExactly("undecryptable " + bad + " a key that is not known here");
    assertThat(log.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.contains("cannot be signed"))
        .hasSize(1)
        .allMatch(line -> line.contains("WARN") && line.contains(uuid(bad)));
  }

  @Test
  void a_row_that_was_changed_or_copied_is_as_undecryptable_as_one_under_another_key() {
    String changed = register(BAD);
    register(GOOD);
    List<WebhookConfiguration> rows = store.encrypted().webhooks(0, 2);
    byte[] flipped = rows.get(0).secret().clone();
    flipped[flipped.length - 1] ^= 1;
    List<UnaryOperator<WebhookConfiguration>> changes = List.of(
        row -> row.change()
            .headers(row.headers())
            .secret(flipped)
            .oldSecret(null, null)
            .build(),
        row -> row.change()
            .headers(row.headers())
            .secret(rows.get(1).secret())
            .oldSecret(null, null)
            .build(),
        row -> row.change()
            .headers(rows.get(1).headers())
            .secret(row.secret())
            .oldSecret(null, null)
            .build(),
        row -> row.change()
            .headers(row.secret())
            .secret(row.secret())
            .oldSecret(null, null)
            .build(),
        row -> row.change()
            .headers(row.headers())
            .secret(bytes("plain text of an attacker"))
            .oldSecret(null, null)
            .build(),
        row -> row.change()
            .headers(bytes("{\"X-Api-Key\":\"k\"}"))
            .secret(row.secret())
            .oldSecret(null, null)
            .build(),
        row -> row.change()
            .headers(row.headers())
            .secret(new byte[0])
            .oldSecret(null, null)
            .build());

    for (UnaryOperator<WebhookConfiguration> change : changes) {
      tamper(row -> change.apply(rows.get(0)));
      acme.publish(Event.of("order.paid", Map.of()));
      kit.runUntilIdle();

      assertThat(delivery(changed).error()).isEqualTo(DeliveryError.UNDECRYPTABLE);
      assertThat(acme.list(WebhookQuery.all()).data()).hasSize(2);
    }

    assertThat(kit.receiver(BAD).requests()).isEmpty();
    assertThat(kit.receiver(GOOD).requests()).hasSize(changes.size());
  }

  @Test
  void it_can_still_be_looked_at_tested_renamed_and_deleted() {
    String bad = registered(AesGcmSecretCipher.of(OTHER_KEY), BAD);

    assertThat(acme.get(bad).webhook().headers()).isEmpty();
    assertThat(acme.list(WebhookQuery.all()).data()).hasSize(1);
    assertThat(acme.update(bad, WebhookPatch.empty().name("n")).name()).isEqualTo("n");
    TestResult tested = acme.test(bad);
    assertThat(tested.delivered()).isFalse();
    assertThat(tested.error()).isEqualTo(DeliveryError.UNDECRYPTABLE);
    acme.delete(bad);
    assertThat(acme.list(WebhookQuery.all()).data()).isEmpty();
  }

  @Test
  void its_owner_can_mend_it_with_a_new_secret_and_new_headers() {
    String bad = registered(AesGcmSecretCipher.of(OTHER_KEY), BAD);
    acme.publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();

    acme.update(
        bad,
        WebhookPatch.empty().secret("the new secret of all").headers(Map.of("X-Api-Key", "k-456")));
    kit.receiver(BAD).knows("the new secret of all");
    kit.advance(Duration.ofSeconds(5));

    assertThat(kit.receiver(BAD).onlyRequest().signatureIsValid()).isTrue();
    assertThat(kit.receiver(BAD).onlyRequest().header("X-Api-Key")).isEqualTo("k-456");
  }

  @Test
  void an_instance_with_the_right_key_delivers_what_another_could_not() {
    registered(AesGcmSecretCipher.of(OTHER_KEY), BAD);
    acme.publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();
    kit.webhooks().close();

    try (TestWebhooks mended = kit(AesGcmSecretCipher.of(KEY, OTHER_KEY))) {
      mended.receiver(BAD).knows(SECRET);
      mended.advance(Duration.ofMinutes(1));

      assertThat(mended.receiver(BAD).onlyRequest().signatureIsValid()).isTrue();
    }
  }

  @Test
  void if_only_the_secret_before_a_rotation_is_undecryptable_the_new_one_signs_alone() {
    String hook = register(GOOD);
    acme.rotateSecret(hook, SecretRotation.to("the new secret of all"));
    tamper(row -> row.change()
        .headers(row.headers())
        .secret(row.secret())
        .oldSecret(
            AesGcmSecretCipher.of(OTHER_KEY).encrypt(row.id(), bytes(SECRET)), row.oldSecretUntil())
        .build());
    kit.receiver(GOOD).knows("the new secret of all");

    acme.publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();

    assertThat(kit.receiver(GOOD).onlyRequest().signatureIsValid()).isTrue();
    assertThat(kit.receiver(GOOD).onlyRequest().header("webhook-signature").split(" "))
        .hasSize(1);
    assertThat(listener.calls("undecryptable")).hasSize(1);
  }

  @Test
  void a_cipher_that_throws_whatever_it_likes_is_no_worse_and_is_not_quoted() {
    try (TestWebhooks odd = kit(new SecretCipher() {
      @Override
      public byte[] encrypt(UUID webhook, byte[] plain) {
        return AesGcmSecretCipher.of(KEY).encrypt(webhook, plain);
      }

      @Override
      public byte[] decrypt(UUID webhook, byte[] stored) {
        throw new UnsupportedOperationException("canary");
      }
    })) {
      String hook = odd.account("acme")
          .create(WebhookDraft.to(BAD).events("*").secret(SECRET))
          .webhook()
          .id();
      odd.account("acme").publish(Event.of("order.paid", Map.of()));
      odd.runUntilIdle();

      assertThat(odd.deliveries("acme").get(0).error()).isEqualTo(DeliveryError.UNDECRYPTABLE);
      assertThat(listener.calls("undecryptable").get(0))
          .contains(hook, "UnsupportedOperationException")
          .doesNotContain("canary");
    }
  }

  @Test
  void a_remembered_answer_whose_secret_is_undecryptable_is_a_fault_and_never_a_second_effect() {
    WebhookDraft draft = WebhookDraft.to(GOOD).events("*");
    acme.withIdempotencyKey("c").create(draft);

    try (TestWebhooks other = kit(AesGcmSecretCipher.of(OTHER_KEY))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> other.account("acme").withIdempotencyKey("c").create(draft))
          .withMessageContaining("a key that is not known here");
      assertThat(other.account("acme").list(WebhookQuery.all()).data()).hasSize(1);
    }
  }

  private TestWebhooks kit(SecretCipher cipher) {
    TestWebhooks kit = TestWebhooks.on(
        store,
        EventCatalog.acceptingAny(),
        builder -> builder.secretCipher(cipher).listener(listener));
    kit.receiver(BAD);
    kit.receiver(GOOD);
    return kit;
  }

  private String register(String url) {
    return acme.create(draft(url)).webhook().id();
  }

  /** Registers a webhook by an instance with another key. */
  private String registered(SecretCipher cipher, String url) {
    try (TestWebhooks other = kit(cipher)) {
      return other.account("acme").create(draft(url)).webhook().id();
    }
  }

  private static WebhookDraft draft(String url) {
    return WebhookDraft.to(url).events("*").secret(SECRET).header("X-Api-Key", "k-123");
  }

  /** Changes the first row behind the library's back. */
  private void tamper(UnaryOperator<WebhookConfiguration> change) {
    long first = store.encrypted().webhooks(0, 1).get(0).number();
    store.encrypted().changeWebhooks(List.of(first), row -> Optional.of(change.apply(row)));
  }

  private Delivery delivery(String webhook) {
    return acme.deliveries(webhook, DeliveryQuery.latest()).data().get(0);
  }

  private static void logging(ByteArrayOutputStream log, Runnable work) {
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setErr(before);
    }
  }

  private static String uuid(String webhookId) {
    String hex = webhookId.substring(webhookId.indexOf('_') + 1);
    return hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] key(int seed) {
    byte[] key = new byte[AesGcmSecretCipher.KEY_BYTES];
    Arrays.fill(key, (byte) seed);
    return key;
  }
}
