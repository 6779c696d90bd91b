package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.validation.PublicHttpsPolicy;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.validation.UrlPolicy;
import java.net.InetAddress;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody finds out with webhooks which ports are open on addresses that are refused. */
class RefusedAlikeTest extends Sending {
  @AutoClose
  private final PublicTargetGuard refusing = PublicTargetGuard.builder()
      .resolver(host -> List.of(InetAddress.getLoopbackAddress()))
      .build();

  @AutoClose
  private CountingListener open;

  private int closedPort;

  @BeforeEach
  void listen() throws Exception {
    transport.guardWith(refusing);
    open = new CountingListener("127.0.0.1", 0);
    try (CountingListener shortLived = new CountingListener("127.0.0.1", 0)) {
      closedPort = shortLived.port();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hooks.test", "127.0.0.1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[::1]"})
  void an_attempt_fails_alike_at_an_open_and_at_a_closed_port(String host) {
    TransportResult atOpen = send("https://" + host + ":" + open.port() + "/in");
    TransportResult atClosed = send("https://" + host + ":" + closedPort + "/in");

    assertThat(List.of(atOpen, atClosed)).allSatisfy(result -> {
      assertThat(result.error()).isEqualTo(DeliveryError.BLOCKED_ADDRESS);
      assertThat(result.status()).isNull();
      assertThat(result.excerpt()).isEmpty();
      assertThat(result.retryAfter()).isNull();
    });
    assertThat(open.accepts()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"hooks.test", "127.0.0.1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[::1]"})
  void a_url_is_refused_alike_at_an_open_and_at_a_closed_port(String host) {
    UrlPolicy policy = new PublicHttpsPolicy(refusing, TargetRules.publicOnly());
    WebhookException atOpen = refusal(policy, "https://" + host + ":" + open.port() + "/in");
    WebhookException atClosed = refusal(policy, "https://" + host + ":" + closedPort + "/in");

    assertThat(List.of(atOpen, atClosed)).allSatisfy(refusal -> {
      assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_URL);
      assertThat(refusal).hasMessageContaining("public").hasNoCause();
    });
    assertThat(atOpen).hasMessage(atClosed.getMessage());
    assertThat(open.accepts()).isZero();
  }

  private static WebhookException refusal(UrlPolicy policy, String url) {
    return (WebhookException) ThrowableAssert.catchThrowable(() -> policy.validate(url));
  }
}
