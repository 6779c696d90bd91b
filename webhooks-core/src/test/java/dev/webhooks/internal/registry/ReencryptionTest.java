package dev.webhooks.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Reencryption;
import dev.webhooks.model.RotatedSecret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.EncryptedRows;
import dev.webhooks.spi.store.EncryptedRows.StoredAnswer;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Hosts that change their key, get their first one, or lose it. */
class ReencryptionTest {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String FIRST = "the first secret of all";
  private static final String SECOND = "the second secret of all";
  private static final byte[] OLD = key(1);
  private static final byte[] NEW = key(2);

  private final InMemoryWebhookStore store = new InMemoryWebhookStore();
  private final List<TestWebhooks> instances = new ArrayList<>();

  @AfterEach
  void close() {
    instances.forEach(TestWebhooks::close);
  }

  @Test
  void after_it_the_old_key_can_be_dropped() {
    AccountWebhooks before = instance(AesGcmSecretCipher.of(OLD)).account("acme");
    CreatedWebhook created = before.withIdempotencyKey("c").create(draft());
    String id = created.webhook().id();
    RotatedSecret rotated =
        before.withIdempotencyKey("r").rotateSecret(id, SecretRotation.generated());
    before.withIdempotencyKey("u").update(id, WebhookPatch.empty().name("no secret in this"));

    TestWebhooks changing = instance(AesGcmSecretCipher.of(NEW, OLD));
    Reencryption done = changing.webhooks().reencrypt();
    Reencryption again = changing.webhooks().reencrypt();

    assertThat(done).isEqualTo(new Reencryption(1, 2, 0, 0));
    assertThat(done.complete()).isTrue();
    assertThat(again).isEqualTo(new Reencryption(0, 0, 0, 0));
    TestWebhooks after = instance(AesGcmSecretCipher.of(NEW));
    AccountWebhooks acme = after.account("acme");
    assertThat(acme.withIdempotencyKey("c").create(draft())).isEqualTo(created);
    assertThat(acme.withIdempotencyKey("r").rotateSecret(id, SecretRotation.generated()))
        .isEqualTo(rotated);
    ReceivedRequest request = send(after);
    assertThat(request.header("x-api-key")).isEqualTo("k-123");
    assertThat(request.header("webhook-signature").split(" ")).hasSize(2);
    after.receiver(URL).knows(created.secret().orElseThrow().reveal());
    assertThat(send(after).signatureIsValid()).isTrue();
  }

  @Test
  void nothing_of_the_old_key_is_left() {
    AccountWebhooks acme = instance(AesGcmSecretCipher.of(OLD)).account("acme");
    String id = acme.withIdempotencyKey("c").create(draft()).webhook().id();
    acme.rotateSecret(id, SecretRotation.to(SECOND));

    instance(AesGcmSecretCipher.of(NEW, OLD)).webhooks().reencrypt();

    WebhookConfiguration webhook = store.encrypted().webhooks(0, 1).get(0);
    SecretCipher onlyNew = AesGcmSecretCipher.of(NEW);
    assertThat(List.of(webhook.secret(), webhook.oldSecret(), webhook.headers()))
        .allMatch(onlyNew::isCurrent);
    assertThat(decrypted(onlyNew, webhook.id(), webhook.secret())).isEqualTo(SECOND);
  }

  @Test
  void what_changes_is_the_key_and_neither_version_nor_time() {
    AccountWebhooks acme = instance(AesGcmSecretCipher.of(OLD)).account("acme");
    String id = acme.create(draft()).webhook().id();
    TestWebhooks changing = instance(AesGcmSecretCipher.of(NEW, OLD));
    WebhookConfiguration before = store.encrypted().webhooks(0, 1).get(0);

    changing.clock().advance(Duration.ofHours(1));
    changing.webhooks().reencrypt();

    assertThat(store.encrypted().webhooks(0, 1).get(0).version()).isEqualTo(before.version());
    assertThat(changing.account("acme").get(id).webhook().updatedAt())
        .isEqualTo(acme.get(id).webhook().createdAt());
  }

  @Test
  void an_old_secret_whose_overlap_is_over_is_removed() {
    TestWebhooks kit = instance(AesGcmSecretCipher.of(OLD));
    String id = kit.account("acme").create(draft().secret(FIRST)).webhook().id();
    kit.account("acme").rotateSecret(id, SecretRotation.to(SECOND).overlapHours(1));

    assertThat(kit.webhooks().reencrypt().webhooks()).isZero();
    kit.advance(Duration.ofHours(1).plusSeconds(61));
    assertThat(kit.webhooks().reencrypt()).isEqualTo(new Reencryption(1, 0, 0, 0));

    assertThat(store.encrypted().webhooks(0, 1).get(0).oldSecret()).isNull();
  }

  @Test
  void of_several_instances_at_once_each_row_is_counted_by_one() {
    register(instance(AesGcmSecretCipher.of(OLD)), 40);
    List<TestWebhooks> several = IntStream.range(0, 4)
        .mapToObj(i -> instance(AesGcmSecretCipher.of(NEW, OLD)))
        .toList();

    List<Reencryption> done =
        several.parallelStream().map(kit -> kit.webhooks().reencrypt()).toList();

    assertThat(done).allMatch(Reencryption::complete);
    assertThat(done.stream().mapToLong(Reencryption::webhooks).sum()).isEqualTo(40);
  }

  @Test
  void interrupted_it_goes_on_with_the_rest() {
    register(instance(AesGcmSecretCipher.of(OLD)), 10);
    AtomicInteger left = new AtomicInteger(25);
    TestWebhooks failing = instance(failingAfter(left, AesGcmSecretCipher.of(NEW, OLD)));

    assertThatIllegalStateException().isThrownBy(() -> failing.webhooks().reencrypt());
    left.set(Integer.MAX_VALUE);
    long rest = failing.webhooks().reencrypt().webhooks();

    assertThat(rest).isBetween(1L, 9L);
    assertThat(failing.webhooks().reencrypt().webhooks()).isZero();
  }

  @Test
  void what_no_key_reads_is_counted_and_left_and_keeps_nothing_else_from_its_turn() {
    register(instance(AesGcmSecretCipher.of(key(3))), 2);
    AccountWebhooks lost = instance(AesGcmSecretCipher.of(key(3))).account("lost");
    lost.withIdempotencyKey("c").create(draft());
    register(instance(AesGcmSecretCipher.of(OLD)), 3);
    TestWebhooks changing = instance(AesGcmSecretCipher.of(NEW, OLD));
    List<byte[]> before = secrets(3);

    Reencryption done = changing.webhooks().reencrypt();

    assertThat(done).isEqualTo(new Reencryption(3, 0, 4, 0));
    assertThat(done.complete()).isFalse();
    assertThat(secrets(3)).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void a_host_that_gets_its_first_key_reads_what_it_has_and_encrypts_it() {
    AccountWebhooks before = instance(SecretCipher.none()).account("acme");
    CreatedWebhook created = before.withIdempotencyKey("c").create(draft());
    TestWebhooks first = instance(AesGcmSecretCipher.of(NEW).alsoReadingPlainText());
    first.receiver(URL).knows(created.secret().orElseThrow().reveal());

    assertThat(send(first).signatureIsValid()).isTrue();
    assertThat(first.webhooks().reencrypt()).isEqualTo(new Reencryption(1, 1, 0, 0));
    assertThat(first.webhooks().reencrypt()).isEqualTo(new Reencryption(0, 0, 0, 0));

    TestWebhooks after = instance(AesGcmSecretCipher.of(NEW));
    after.receiver(URL).knows(created.secret().orElseThrow().reveal());
    assertThat(send(after).signatureIsValid()).isTrue();
    assertThat(after.account("acme").withIdempotencyKey("c").create(draft())).isEqualTo(created);
  }

  @Test
  void plain_text_is_read_only_if_the_host_says_so() {
    instance(SecretCipher.none()).account("acme").create(draft());

    TestWebhooks strict = instance(AesGcmSecretCipher.of(NEW));

    assertThat(strict.webhooks().reencrypt()).isEqualTo(new Reencryption(0, 0, 1, 0));
    strict.receiver(URL);
    strict.account("acme").publish(Event.of("order.paid", Map.of()));
    strict.runUntilIdle();
    assertThat(strict.receiver(URL).requests()).isEmpty();
  }

  @Test
  void a_host_that_has_lost_its_key_does_not_start() {
    instance(AesGcmSecretCipher.of(OLD)).account("acme").create(draft());

    assertThatIllegalStateException()
        .isThrownBy(() -> instance(SecretCipher.none()))
        .withMessageContaining("no secretCipher");
  }

  @Test
  void a_process_that_only_publishes_needs_no_key_and_may_not_register() {
    TestWebhooks sending = instance(AesGcmSecretCipher.of(OLD));
    sending.account("acme").create(draft());
    TestWebhooks publishing = TestWebhooks.on(
        store,
        EventCatalog.acceptingAny(),
        builder -> builder.secretCipher(SecretCipher.none()).sending(false));
    instances.add(publishing);

    publishing.account("acme").publish(Event.of("order.paid", Map.of()));
    sending.receiver(URL);
    sending.advance(Duration.ofSeconds(1));

    assertThat(sending.receiver(URL).onlyRequest().signatureIsValid()).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> publishing.account("acme").create(draft()))
        .withMessageContaining("no secretCipher");
  }

  @Test
  void an_instance_without_a_key_never_writes_plain_text_over_what_another_has_encrypted() {
    TestWebhooks without = instance(SecretCipher.none());
    String id = instance(AesGcmSecretCipher.of(OLD))
        .account("acme")
        .create(draft().secret(FIRST))
        .webhook()
        .id();
    AccountWebhooks acme = without.account("acme");
    List<byte[]> before = secrets(1);

    for (WebhookPatch patch : List.of(
        WebhookPatch.empty().secret(SECOND), WebhookPatch.empty().headers(Map.of("X-A", "b")))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> acme.update(id, patch))
          .withMessageContaining("there is no secretCipher")
          .withMessageNotContaining(SECOND);
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> acme.rotateSecret(id, SecretRotation.to(SECOND)));
    assertThat(without.webhooks().reencrypt()).isEqualTo(new Reencryption(0, 0, 1, 0));

    assertThat(secrets(1)).usingRecursiveComparison().isEqualTo(before);
    without.receiver(URL);
    acme.publish(Event.of("order.paid", Map.of()));
    without.runUntilIdle();
    assertThat(without.receiver(URL).requests())
        .as("nothing is signed with what is encrypted")
        .isEmpty();
    assertThat(acme.update(id, WebhookPatch.empty().name("n")).name()).isEqualTo("n");
  }

  @Test
  void a_cipher_that_cannot_tell_has_everything_encrypted_anew_each_time() {
    SecretCipher aes = AesGcmSecretCipher.of(OLD);
    TestWebhooks kit = instance(new SecretCipher() {
      @Override
      public byte[] encrypt(UUID webhook, byte[] plain) {
        return aes.encrypt(webhook, plain);
      }

      @Override
      public byte[] decrypt(UUID webhook, byte[] stored) {
        return aes.decrypt(webhook, stored);
      }
    });
    register(kit, 2);

    assertThat(kit.webhooks().reencrypt().webhooks()).isEqualTo(2);
    assertThat(kit.webhooks().reencrypt().webhooks()).isEqualTo(2);
  }

  private TestWebhooks instance(SecretCipher cipher) {
    TestWebhooks kit = TestWebhooks.on(
        store, EventCatalog.acceptingAny(), builder -> builder.secretCipher(cipher));
    instances.add(kit);
    return kit;
  }

  private static ReceivedRequest send(TestWebhooks kit) {
    TestReceiver receiver = kit.receiver(URL);
    receiver.forget();
    kit.account("acme").publish(Event.of("order.paid", Map.of()));
    kit.runUntilIdle();
    return receiver.onlyRequest();
  }

  private static WebhookDraft draft() {
    return WebhookDraft.to(URL).events("*").header("X-Api-Key", "k-123");
  }

  private static void register(TestWebhooks kit, int count) {
    for (int i = 0; i < count; i++) {
      kit.account("acme").create(draft());
    }
  }

  /** Returns the secrets of the first webhooks as they are stored. */
  private List<byte[]> secrets(int count) {
    EncryptedRows rows = store.encrypted();
    List<byte[]> secrets = new ArrayList<>();
    rows.webhooks(0, count).forEach(webhook -> secrets.add(webhook.secret()));
    rows.answers(EncryptedRows.FIRST_ANSWER, count).stream()
        .map(StoredAnswer::answer)
        .forEach(secrets::add);
    return secrets;
  }

  private static SecretCipher failingAfter(AtomicInteger left, SecretCipher cipher) {
    return new SecretCipher() {
      @Override
      public byte[] encrypt(UUID webhook, byte[] plain) {
        if (left.getAndDecrement() <= 0) {
          throw new IllegalStateException("out of order");
        }
        return cipher.encrypt(webhook, plain);
      }

      @Override
      public byte[] decrypt(UUID webhook, byte[] stored) {
        return cipher.decrypt(webhook, stored);
      }

      @Override
      public boolean isCurrent(byte[] stored) {
        return cipher.isCurrent(stored);
      }
    };
  }

  private static String decrypted(SecretCipher cipher, UUID webhook, byte[] stored) {
    return new String(cipher.decrypt(webhook, stored), StandardCharsets.UTF_8);
  }

  private static byte[] key(int seed) {
    byte[] key = new byte[AesGcmSecretCipher.KEY_BYTES];
    Arrays.fill(key, (byte) seed);
    return key;
  }
}
