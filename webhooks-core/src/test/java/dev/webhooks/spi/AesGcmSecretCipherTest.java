package dev.webhooks.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets at rest: readable with the right key and for the right webhook, and never otherwise. */
class AesGcmSecretCipherTest {
  private static final UUID WEBHOOK = UUID.fromString("01900000-0000-7000-8000-000000000001");
  private static final UUID OTHER = UUID.fromString("01900000-0000-7000-8000-000000000002");
  private static final byte[] PLAIN = "whsec_canary".getBytes(StandardCharsets.UTF_8);
  /** Made with another implementation of HMAC and AES-GCM. */
  private static final String STORED = "016ed89d3bc2f26989" // Format and id of the key.
      + "000102030405060708090a0b" // Nonce.
      + "158e1cece1dd63ec9abfd8dc7b62484e0f8f46dae2578cca0a248b1f";

  private static final int HEADER = 9;
  private static final int NONCE = 12;
  private static final int TAG = 16;

  private final SecretCipher cipher = AesGcmSecretCipher.of(key(1));

  @Test
  void what_was_encrypted_is_decrypted_for_the_same_webhook() {
    for (int length : new int[] {0, 1, 15, 16, 17, 1_024, 65_536}) {
      byte[] plain = new byte[length];
      Arrays.fill(plain, (byte) 7);

      byte[] stored = cipher.encrypt(WEBHOOK, plain);

      assertThat(cipher.decrypt(WEBHOOK, stored)).isEqualTo(plain);
      assertThat(stored).hasSize(length + HEADER + NONCE + TAG);
    }
  }

  @Test
  void neither_the_text_nor_the_key_is_in_what_is_stored() {
    String stored = HexFormat.of().formatHex(cipher.encrypt(WEBHOOK, PLAIN));

    assertThat(stored)
        .doesNotContain(HexFormat.of().formatHex(PLAIN))
        .doesNotContain(HexFormat.of().formatHex(key(1), 0, 8));
  }

  /** So that other programs can read it. */
  @Test
  void the_stored_form_is_plain_aes_gcm_bound_to_header_and_webhook() throws Exception {
    byte[] stored = cipher.encrypt(WEBHOOK, PLAIN);

    Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
    aes.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(key(1), "AES"),
        new GCMParameterSpec(TAG * 8, stored, HEADER, NONCE));
    aes.updateAAD(stored, 0, HEADER);
    aes.updateAAD(ByteBuffer.allocate(16)
        .putLong(WEBHOOK.getMostSignificantBits())
        .putLong(WEBHOOK.getLeastSignificantBits())
        .flip());
    int sealedAt = HEADER + NONCE;
    assertThat(aes.doFinal(stored, sealedAt, stored.length - sealedAt)).isEqualTo(PLAIN);
  }

  @Test
  void what_was_stored_earlier_or_by_another_program_can_be_read() {
    byte[] stored = HexFormat.of().parseHex(STORED);

    assertThat(cipher.decrypt(WEBHOOK, stored)).isEqualTo(PLAIN);
  }

  @Test
  void no_two_values_share_a_nonce() {
    Set<String> nonces = IntStream.range(0, 10_000)
        .mapToObj(i -> cipher.encrypt(WEBHOOK, PLAIN))
        .map(stored -> HexFormat.of().formatHex(stored, HEADER, HEADER + NONCE))
        .collect(Collectors.toSet());

    assertThat(nonces).hasSize(10_000);
  }

  @Test
  void what_is_copied_to_another_webhook_cannot_be_read() {
    byte[] stored = cipher.encrypt(WEBHOOK, PLAIN);

    assertThatIllegalStateException()
        .isThrownBy(() -> cipher.decrypt(OTHER, stored))
        .withMessageContaining(OTHER.toString())
        .withMessageContaining("belongs to another webhook");
  }

  @Test
  void a_change_of_any_bit_is_noticed() {
    byte[] stored = cipher.encrypt(WEBHOOK, PLAIN);

    for (int bit = 0; bit < stored.length * 8; bit++) {
      byte[] changed = stored.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatIllegalStateException()
          .as("bit %s", bit)
          .isThrownBy(() -> cipher.decrypt(WEBHOOK, changed));
    }
  }

  @Test
  void what_is_cut_short_or_lengthened_cannot_be_read() {
    byte[] stored = cipher.encrypt(WEBHOOK, PLAIN);

    for (int length = 0; length < stored.length; length++) {
      byte[] cut = Arrays.copyOf(stored, length);
      assertThatIllegalStateException().isThrownBy(() -> cipher.decrypt(WEBHOOK, cut));
    }
    byte[] longer = Arrays.copyOf(stored, stored.length + 1);
    assertThatIllegalStateException().isThrownBy(() -> cipher.decrypt(WEBHOOK, longer));
  }

  @Test
  void the_first_key_encrypts_and_every_key_decrypts() {
    byte[] old = cipher.encrypt(WEBHOOK, PLAIN);
    SecretCipher changing = AesGcmSecretCipher.of(key(2), key(1), key(3));
    byte[] fresh = changing.encrypt(WEBHOOK, PLAIN);

    assertThat(changing.decrypt(WEBHOOK, old)).isEqualTo(PLAIN);
    assertThat(changing.decrypt(WEBHOOK, fresh)).isEqualTo(PLAIN);
    assertThat(AesGcmSecretCipher.of(key(2)).decrypt(WEBHOOK, fresh)).isEqualTo(PLAIN);
    assertThatIllegalStateException()
        .isThrownBy(() -> cipher.decrypt(WEBHOOK, fresh))
        .withMessageContaining("a key that is not known here");
  }

  @Test
  void the_id_of_a_key_cannot_be_exchanged_for_that_of_another() {
    SecretCipher both = AesGcmSecretCipher.of(key(1), key(2));
    byte[] one = both.encrypt(WEBHOOK, PLAIN);
    byte[] two = AesGcmSecretCipher.of(key(2), key(1)).encrypt(WEBHOOK, PLAIN);
    System.arraycopy(two, 0, one, 0, HEADER);

    assertThatIllegalStateException().isThrownBy(() -> both.decrypt(WEBHOOK, one));
  }

  @Test
  void plain_text_is_never_taken_for_encrypted() {
    byte[] plain =
        SecretCipher.none().encrypt(WEBHOOK, "x".repeat(200).getBytes(StandardCharsets.UTF_8));

    assertThatIllegalStateException()
        .isThrownBy(() -> cipher.decrypt(WEBHOOK, plain))
        .withMessageContaining("was not encrypted by this cipher")
        .withMessageNotContaining("xxx");
  }

  @Test
  void plain_text_is_read_if_the_host_says_so_and_what_looks_encrypted_never_is_plain() {
    SecretCipher reading = cipher.alsoReadingPlainText();
    byte[] stored = reading.encrypt(WEBHOOK, PLAIN);
    byte[] changed = stored.clone();
    changed[20] ^= 1;
    byte[] otherFormat = stored.clone();
    otherFormat[0] = SecretCipher.LAST_MARK;

    assertThat(reading.decrypt(WEBHOOK, PLAIN)).isEqualTo(PLAIN);
    assertThat(reading.decrypt(WEBHOOK, stored)).isEqualTo(PLAIN);
    assertThat(cipher.decrypt(WEBHOOK, stored)).isEqualTo(PLAIN);
    for (byte[] unreadable : List.of(changed, otherFormat, new byte[] {SecretCipher.FIRST_MARK})) {
      assertThatIllegalStateException().isThrownBy(() -> reading.decrypt(WEBHOOK, unreadable));
    }
    assertThatIllegalStateException().isThrownBy(() -> reading.decrypt(OTHER, stored));
    assertThat(reading.alsoReadingPlainText()).isSameAs(reading);
  }

  @Test
  void what_is_stored_under_the_key_that_encrypts_is_current_and_nothing_else_is() {
    SecretCipher changing = AesGcmSecretCipher.of(key(2), key(1));
    byte[] old = cipher.encrypt(WEBHOOK, PLAIN);
    byte[] fresh = changing.encrypt(WEBHOOK, PLAIN);

    for (SecretCipher each : List.of(changing, changing.alsoReadingPlainText())) {
      assertThat(each.isCurrent(fresh)).isTrue();
      assertThat(each.isCurrent(old)).isFalse();
      assertThat(each.isCurrent(PLAIN)).isFalse();
      assertThat(each.isCurrent(Arrays.copyOf(fresh, HEADER))).isFalse();
      assertThat(each.isCurrent(new byte[0])).isFalse();
    }
  }

  @Test
  void without_a_key_nothing_encrypted_is_taken_for_a_secret() {
    SecretCipher none = SecretCipher.none();

    assertThatIllegalStateException()
        .isThrownBy(() -> none.decrypt(WEBHOOK, cipher.encrypt(WEBHOOK, PLAIN)))
        .withMessageContaining(WEBHOOK.toString())
        .withMessageContaining("there is no secretCipher");
    assertThat(none.decrypt(WEBHOOK, none.encrypt(WEBHOOK, PLAIN))).isEqualTo(PLAIN);
    assertThat(none.isCurrent(PLAIN)).isTrue();
    assertThat(none.isCurrent(cipher.encrypt(WEBHOOK, PLAIN))).isFalse();
    assertThat(none.decrypt(WEBHOOK, new byte[0])).isEmpty();
  }

  @Test
  void nothing_it_says_holds_a_secret() {
    byte[] stored = cipher.encrypt(WEBHOOK, PLAIN);
    String keyInHex = HexFormat.of().formatHex(key(1));

    assertThat(cipher.toString()).hasSize("AesGcmSecretCipher[]".length() + 16);
    assertThat(keyInHex).doesNotContain(cipher.toString().substring(19, 35));
    assertThatIllegalStateException()
        .isThrownBy(() -> cipher.decrypt(OTHER, stored))
        .withMessageNotContaining("canary")
        .withNoCause();
  }

  @Test
  void later_changes_to_the_given_key_change_nothing() {
    byte[] key = key(4);
    SecretCipher keeping = AesGcmSecretCipher.of(key);
    byte[] stored = keeping.encrypt(WEBHOOK, PLAIN);
    Arrays.fill(key, (byte) 0);

    assertThat(keeping.decrypt(WEBHOOK, stored)).isEqualTo(PLAIN);
    assertThat(AesGcmSecretCipher.of(key(4)).decrypt(WEBHOOK, stored)).isEqualTo(PLAIN);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 24, 31, 33})
  void a_key_of_another_length_is_refused(int length) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AesGcmSecretCipher.of(new byte[length]))
        .withMessageContaining("32");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AesGcmSecretCipher.of(key(1), new byte[length]));
  }

  @Test
  void several_threads_may_use_it_at_once() {
    List<byte[]> read = IntStream.range(0, 2_000)
        .parallel()
        .mapToObj(i -> cipher.decrypt(WEBHOOK, cipher.encrypt(WEBHOOK, PLAIN)))
        .toList();

    assertThat(read).hasSize(2_000).allMatch(plain -> Arrays.equals(plain, PLAIN));
  }

  @Test
  void an_instance_signs_with_what_it_has_encrypted() {
    try (TestWebhooks kit = TestWebhooks.on(
        new InMemoryWebhookStore(),
        EventCatalog.acceptingAny(),
        builder -> builder.secretCipher(cipher))) {
      kit.receiver("https://hooks.acme.example/in").answers(200);
      kit.account("acme")
          .create(WebhookDraft.to("https://hooks.acme.example/in")
              .events("*")
              .header("X-Api-Key", "k-123")
              .secret("sixteen-or-longer"));
      kit.account("acme").publish(Event.of("order.paid", Map.of("orderId", 17)));
      kit.runUntilIdle();

      assertThat(kit.receiver("https://hooks.acme.example/in").requests())
          .hasSize(1)
          .allMatch(request -> request.signatureIsValid())
          .allMatch(request -> request.header("X-Api-Key").equals("k-123"));
    }
  }

  private static byte[] key(int seed) {
    byte[] key = new byte[AesGcmSecretCipher.KEY_BYTES];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (seed * 31 + i * 7);
    }
    return key;
  }
}
