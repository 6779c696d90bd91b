package dev.webhooks.examples.restserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.spi.SecretCipher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the settings of the environment, and the messages about wrong ones. */
class ConfigurationTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  private final HeldCertificate authority = new HeldCertificate.Builder().build();

  @TempDir
  private Path directory;

  @Test
  void tokens_are_enough() {
    Configuration configuration = with(Map.of());

    assertThat(configuration.port()).isEqualTo(8080);
    assertThat(configuration.databaseUrl()).startsWith("jdbc:h2:file:");
    assertThat(configuration.tokens())
        .containsOnly(Map.entry("token-a", "acct_a"), Map.entry("token==", "acct_b"));
    assertThat(configuration.allowedTargets()).isEmpty();
    assertThat(configuration.authorities()).isEmpty();
    assertThat(configuration.retrySchedule().attempts()).isEqualTo(10);
    assertThat(configuration.requestTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(configuration.maxWebhooks()).isEqualTo(50);
  }

  @Test
  void what_is_blank_is_not_set() {
    assertThat(with(Map.of("PORT", "", "ENCRYPTION_KEY", " ")).port()).isEqualTo(8080);
  }

  @Test
  void everything_can_be_set() {
    Configuration configuration = with(Map.of(
        "PORT", "0",
        "DATABASE_URL", "jdbc:mariadb://db/webhooks",
        "DATABASE_USER", "app",
        "DATABASE_PASSWORD", "canary",
        "ALLOW_TARGETS", "localhost, 10.0.0.0/8,::1",
        "ENCRYPTION_KEY", KEY,
        "TRUST_CERTIFICATE", authority.certificatePem(),
        "RETRY_SCHEDULE", "0s, 500ms,2s,3m,4h,1d",
        "REQUEST_TIMEOUT", "1500ms",
        "MAX_WEBHOOKS", "7"));

    assertThat(configuration.port()).isZero();
    assertThat(configuration.databaseUrl()).isEqualTo("jdbc:mariadb://db/webhooks");
    assertThat(configuration.databaseUser()).isEqualTo("app");
    assertThat(configuration.databasePassword()).isEqualTo("canary");
    assertThat(configuration.allowedTargets()).containsExactly("localhost", "10.0.0.0/8", "::1");
    assertThat(configuration.authorities()).containsExactly(authority.certificate());
    assertThat(configuration.retrySchedule().toString())
        .contains("[PT0.5S, PT2S, PT3M, PT4H, PT24H]");
    assertThat(configuration.requestTimeout()).isEqualTo(Duration.ofMillis(1_500));
    assertThat(configuration.maxWebhooks()).isEqualTo(7);
    assertThat(configuration.toString()).doesNotContain("canary").doesNotContain("token-a");
  }

  @Test
  void a_certificate_may_be_in_a_file_with_others_and_with_comments() throws Exception {
    HeldCertificate another = new HeldCertificate.Builder().build();
    Path file = Files.writeString(
        directory.resolve("ca.pem"),
        "# ours\n" + authority.certificatePem() + another.certificatePem());

    assertThat(with(Map.of("TRUST_CERTIFICATE", file.toString())).authorities())
        .containsExactly(authority.certificate(), another.certificate());
  }

  @Test
  void the_first_key_encrypts_and_every_key_decrypts() {
    UUID webhook = new UUID(1, 2);
    String newKey = Base64.getEncoder().encodeToString("k".repeat(32).getBytes(UTF_8));
    SecretCipher old = with(Map.of("ENCRYPTION_KEY", KEY)).cipher();
    SecretCipher both = with(Map.of("ENCRYPTION_KEY", newKey + "," + KEY)).cipher();

    assertThat(both.decrypt(webhook, old.encrypt(webhook, new byte[3]))).hasSize(3);
    assertThatIllegalStateException()
        .isThrownBy(() -> old.decrypt(webhook, both.encrypt(webhook, new byte[3])));
  }

  @Test
  void what_was_stored_without_a_key_is_read_if_it_says_so() {
    UUID webhook = new UUID(1, 2);
    byte[] stored = "plain text".getBytes(UTF_8);

    assertThat(with(Map.of("ENCRYPTION_KEY", KEY + ",plain")).cipher().decrypt(webhook, stored))
        .isEqualTo(stored);
    assertThatIllegalStateException()
        .isThrownBy(() -> with(Map.of("ENCRYPTION_KEY", KEY)).cipher().decrypt(webhook, stored));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PORT|x",
        "PORT|-1",
        "PORT|65536",
        "PORT|99999999999999999999",
        "DATABASE_URL|jdbc:oracle:canary",
        "DATABASE_URL|canary",
        "API_TOKENS|''",
        "API_TOKENS|canary",
        "API_TOKENS|=canary",
        "API_TOKENS|canary=",
        "API_TOKENS|canary=a,",
        "API_TOKENS|canary=a,canary=b",
        "API_TOKENS|can ary=a",
        "API_TOKENS|canary=a b",
        "ALLOW_TARGETS|10.0.0.0/99",
        "ALLOW_TARGETS|localhost,",
        "ENCRYPTION_KEY|canary!",
        "ENCRYPTION_KEY|Y2FuYXJ5",
        "ENCRYPTION_KEY|,",
        "ENCRYPTION_KEY|plain",
        "TRUST_CERTIFICATE|/no/such/canary",
        "TRUST_CERTIFICATE|-----BEGIN CERTIFICATE-----canary",
        "RETRY_SCHEDULE|5s,10s",
        "RETRY_SCHEDULE|0s,",
        "RETRY_SCHEDULE|0s,5",
        "RETRY_SCHEDULE|0s,-5s",
        "RETRY_SCHEDULE|0s,5d",
        "RETRY_SCHEDULE|0s,999999999d",
        "REQUEST_TIMEOUT|30",
        "REQUEST_TIMEOUT|0s",
        "REQUEST_TIMEOUT|61m",
        "PORTAL_ORIGINS|https://canary/",
        "PORTAL_TITLE|ca\u202enary",
        "PORTAL_BACK_URL|javascript:canary",
        "MAX_WEBHOOKS|0",
        "MAX_WEBHOOKS|many"
      })
  void what_is_wrong_is_named_without_a_secret(String name, String value) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> with(Map.of(name, value)))
        .withMessageStartingWith(name + " ")
        .withMessageNotContaining("canary");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void tokens_are_required(String tokens) {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configuration.from(Map.of("API_TOKENS", tokens)))
        .withMessage("API_TOKENS is missing");
  }

  @Test
  void everything_that_is_wrong_is_told_at_once() {
    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() ->
            Configuration.from(Map.of("PORT", "x", "MAX_WEBHOOKS", "0", "REQUEST_TIMEOUT", "soon")))
        .withMessageMatching("PORT .*; API_TOKENS .*; REQUEST_TIMEOUT .*; MAX_WEBHOOKS .*");
  }

  private static Configuration with(Map<String, String> variables) {
    Map<String, String> all = new HashMap<>();
    all.put("API_TOKENS", "token-a=acct_a, token===acct_b");
    all.putAll(variables);
    return Configuration.from(all);
  }
}
