package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.testing.Patience;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhooksBuilderTest {
  private static WebhooksBuilder complete() {
    return Webhooks.builder()
        .store(new InMemoryWebhookStore())
        .transport((request, timeout) -> TransportResult.answered(200, new byte[0], null))
        .events(EventCatalog.builtIn());
  }

  @Test
  void every_problem_is_reported_at_once() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Webhooks.builder()
            .retrySchedule(RetrySchedule.after(Duration.ofDays(6)))
            .requestTimeout(Duration.ZERO)
            .retention(Duration.ofDays(20_000))
            .maxInFlight(4, 8)
            .maxWebhooksPerAccount(0)
            .maxPayloadBytes(1)
            .allowTargets("10.0.0.0/99")
            .refuseTargets("10.0.0.0/98")
            .allowPorts("0")
            .userAgent("shop\r\nHost: elsewhere")
            .build())
        .withMessageContaining("store")
        .withMessageContaining("transport")
        .withMessageContaining("catalogue")
        .withMessageContaining("retry schedule")
        .withMessageContaining("requestTimeout")
        .withMessageContaining("retention")
        .withMessageContaining("maxInFlight")
        .withMessageContaining("maxWebhooksPerAccount")
        .withMessageContaining("maxPayloadBytes")
        .withMessageContaining("10.0.0.0/99")
        .withMessageContaining("10.0.0.0/98")
        .withMessageContaining("\"0\"")
        .withMessageContaining("userAgent")
        .withMessageNotContaining("elsewhere");
  }

  @Test
  void a_catalogue_is_chosen_and_never_assumed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Webhooks.builder()
            .store(new InMemoryWebhookStore())
            .transport((request, timeout) -> TransportResult.answered(200, new byte[0], null))
            .build())
        .withMessage("webhooks cannot be built: a catalogue of event types is required:"
            + " events(EventCatalog.builder()...build()) with types of your own,"
            + " EventCatalog.builtIn() for events of data sets and data sources,"
            + " or EventCatalog.acceptingAny() for every type");
  }

  @Test
  void targets_and_ports_are_refused_when_a_webhook_is_created() throws Exception {
    try (Webhooks webhooks = complete()
        .allowTargets("127.0.0.1", "10.0.0.0/8")
        .refuseTargets("10.0.0.1", "8.8.8.8", "64:ff9b::/96")
        .refuseOwnAddresses()
        .allowPorts("443", "1024-65535")
        .build()) {
      AccountWebhooks acme = webhooks.account("acme");

      for (String host : List.of("10.0.0.2", "10.0.0.2:8443", "8.8.4.4", "[2606:4700::1]")) {
        assertThat(acme.create(to(host)).webhook().url()).contains(host);
      }
      for (String host : List.of(
          "10.0.0.1", "127.0.0.1", "8.8.8.8", "[64:ff9b::8.8.4.4]", "8.8.4.4:22", "10.0.0.2:80")) {
        assertThatExceptionOfType(WebhookException.class)
            .as(host)
            .isThrownBy(() -> acme.create(to(host)))
            .matches(e -> e.code() == ErrorCode.INVALID_URL);
      }
    }
  }

  private static WebhookDraft to(String host) {
    return WebhookDraft.to("https://" + host + "/in").events("dataset.updated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", " shop", "shop ", "a\tb", "Zo\u00eb", "\u010ashop"})
  void a_user_agent_that_could_not_be_sent_is_refused(String userAgent) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().userAgent(userAgent).build())
        .withMessageContaining("userAgent");
    assertThat(complete().userAgent("shop/1.0 (+https://shop.example)").build()).isNotNull();
  }

  static Stream<Duration> impossibleDurations() {
    return Stream.of(
        Duration.ofSeconds(Long.MAX_VALUE),
        Duration.ofDays(20_000),
        Duration.ofNanos(-1),
        Duration.ofSeconds(Long.MIN_VALUE));
  }

  @ParameterizedTest
  @MethodSource("impossibleDurations")
  void a_duration_out_of_range_is_refused_by_its_name(Duration duration) {
    assertRefused("requestTimeout", complete().requestTimeout(duration));
    assertRefused("expiry", complete().expiry(duration));
    assertRefused("retention", complete().retention(duration));
    assertRefused("closeGrace", complete().closeGrace(duration));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetrySchedule.after(Duration.ZERO, duration))
        .withMessageContaining("wait");
  }

  private static void assertRefused(String option, WebhooksBuilder builder) {
    assertThatIllegalArgumentException()
        .isThrownBy(builder::build)
        .withMessageContaining(option + " must be");
  }

  @Test
  void the_longest_durations_are_taken() {
    try (Webhooks webhooks = complete()
        .requestTimeout(Duration.ofDays(1))
        .expiry(Duration.ofDays(10_000))
        .retention(Duration.ofDays(10_000))
        .closeGrace(Duration.ofDays(1))
        .retrySchedule(RetrySchedule.after(Duration.ofDays(8_000)))
        .build()) {
      webhooks.start();

      assertThat(webhooks
              .account("acme")
              .publish(Event.ofJson("dataset.updated", "{\"datasetId\":1,\"changes\":{}}"))
              .deliveries())
          .isZero();
    }
  }

  @Test
  void a_retry_schedule_that_outlasts_the_expiry_is_refused_with_its_jitter_counted() {
    RetrySchedule fourAndAHalfDays = RetrySchedule.after(Duration.ofHours(108));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> complete().retrySchedule(fourAndAHalfDays).build());
    assertThat(complete()
            .retrySchedule(fourAndAHalfDays)
            .expiry(Duration.ofDays(6))
            .build())
        .isNotNull();
  }

  @Test
  void publishing_works_before_the_start_and_starting_twice_does_not() {
    try (Webhooks webhooks = complete().build()) {
      assertThat(webhooks
              .account("acme")
              .publish(Event.ofJson("dataset.updated", "{\"datasetId\":1,\"changes\":{}}"))
              .deliveries())
          .isZero();
      webhooks.start();

      assertThatIllegalStateException().isThrownBy(webhooks::start);
      assertThat(webhooks.health().databaseReachable()).isTrue();
      assertThat(webhooks.health().lastHeartbeat()).isLessThan(Patience.LONG);
    }
  }

  @Test
  void what_was_closed_does_not_start_again() {
    Webhooks webhooks = complete().build();
    webhooks.start();
    webhooks.close();

    assertThatIllegalStateException().isThrownBy(webhooks::start).withMessageContaining("closed");
    assertThat(webhooks.health().databaseReachable()).isTrue();
  }

  @Test
  void closing_twice_does_nothing_and_publishing_goes_on() {
    Webhooks webhooks = complete().build();
    webhooks.start();
    webhooks.close();
    webhooks.close();

    assertThat(webhooks
            .account("acme")
            .publish(Event.of("dataset.updated", Map.of("datasetId", 1, "changes", 2)))
            .deliveries())
        .isZero();
  }

  @Test
  void plain_text_is_warned_of_unless_it_is_meant() {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      complete().secretCipher(SecretCipher.none()).build().close();
      complete().secretCipher(AesGcmSecretCipher.of(new byte[32])).build().close();
      assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();

      complete().build().close();
    } finally {
      System.setErr(before);
    }

    assertThat(log.toString(StandardCharsets.UTF_8)).contains("WARN", "stored as plain text");
  }

  @Test
  void the_host_is_told_once_how_to_allow_a_target_that_is_not_public() {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (Webhooks webhooks = complete().secretCipher(SecretCipher.none()).build()) {
      for (String host : List.of("here.localhost", "there.localhost", "127.0.0.17", "[::1]")) {
        assertThatExceptionOfType(WebhookException.class)
            .as(host)
            .isThrownBy(() -> webhooks.account("acme").create(to(host)))
            .matches(refusal -> refusal.code() == ErrorCode.INVALID_URL)
            .withMessageNotContaining("allowTargets");
      }
    } finally {
      System.setErr(before);
    }

    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("WARN")
        .containsOnlyOnce("set allowTargets(\"here.localhost\")")
        .doesNotContain("there.localhost", "127.0.0.17");
  }

  @Test
  void a_target_that_the_host_refuses_is_no_reason_to_allow_it() {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (Webhooks webhooks =
        complete().secretCipher(SecretCipher.none()).refuseTargets("8.8.8.8").build()) {
      assertThatExceptionOfType(WebhookException.class)
          .isThrownBy(() -> webhooks.account("acme").create(to("8.8.8.8")));
    } finally {
      System.setErr(before);
    }

    assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("8.8.8.8\")");
  }

  @Test
  void a_malformed_account_is_refused() {
    Webhooks webhooks = complete().build();

    for (String account : new String[] {"", "two words", "x".repeat(129), "caf\u00e9"}) {
      assertThatExceptionOfType(WebhookException.class)
          .isThrownBy(() -> webhooks.account(account))
          .matches(refusal -> refusal.code() == ErrorCode.INVALID_REQUEST)
          .withMessageContaining("account");
    }
  }
}
