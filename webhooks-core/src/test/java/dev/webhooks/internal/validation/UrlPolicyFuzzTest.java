package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.fuzz.Fuzzing;
import dev.webhooks.fuzz.Inputs;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * URLs that try to be read in two ways: each is refused by its rule, or is accepted in a form that
 * every parser reads alike.
 */
class UrlPolicyFuzzTest {
  private static final int INPUTS = 40_000;
  private static final List<String> SEEDS = List.of(
      "https://hooks.acme.example/in",
      "https://hooks.acme.example:8443/in?a=b&c=%20",
      "https://b\u00fccher.example/",
      "https://xn--bcher-kva.example/a",
      "https://8.8.8.8/",
      "https://127.0.0.1/",
      "https://0x7f.1/",
      "https://2130706433/",
      "https://017700000001/",
      "https://[2606:4700::1111]/",
      "https://[::ffff:127.0.0.1]:443/",
      "https://[64:ff9b::7f00:1]/",
      "https://[fe80::1%25eth0]/",
      "https://user:password@acme.example/",
      "https://acme.example\\@127.0.0.1/",
      "https://localhost./",
      "https://a.internal/",
      "https://\uff11\uff12\uff17.0.0.1/",
      "https://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
      "http://acme.example/",
      "//acme.example/",
      "https:///",
      "https://:443/",
      "https://acme.example:65536/",
      "/?#[]@:");

  private final List<String> lookedUp = new ArrayList<>();
  private final UrlPolicy policy = new PublicHttpsPolicy(new AnyTarget(), TargetRules.publicOnly());

  @Test
  void no_url_is_read_in_two_ways() {
    int[] accepted = {0};
    Fuzzing.run("URL rule", INPUTS, inputs -> accepted[0] += check(inputs) ? 1 : 0);
    assertThat(accepted[0]).as("URLs that were accepted").isPositive();
  }

  private boolean check(Inputs inputs) {
    inputs.begin();
    lookedUp.clear();
    ValidUrl valid;
    try {
      valid = policy.validate(inputs.text(SEEDS));
    } catch (WebhookException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.INVALID_URL);
      assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl);
      return false;
    }
    assertThat(lookedUp).containsExactly(valid.host());
    assertThat(policy.validate(valid.text())).isEqualTo(valid);
    assertThat(valid.text()).hasSizeLessThanOrEqualTo(UrlPolicy.MAX_LENGTH);
    assertThat(valid.text().chars()).allMatch(c -> c > 0x20 && c < 0x7f && c != '\\');
    assertReadAlike(valid, URI.create(valid.text()));
    assertHostIsAPublicName(valid.host());
    return true;
  }

  private static void assertReadAlike(ValidUrl valid, URI uri) {
    assertThat(uri.getScheme()).isEqualTo("https");
    assertThat(uri.getUserInfo()).isNull();
    assertThat(uri.getFragment()).isNull();
    assertThat(uri.getHost().replaceAll("[\\[\\]]", "")).isEqualTo(valid.host());
    assertThat(uri.getPort() < 0 ? 443 : uri.getPort()).isEqualTo(valid.port()).isBetween(1, 65535);
  }

  /** Checks that a host which looks like an address is one, in the form that everybody writes. */
  private static void assertHostIsAPublicName(String host) {
    byte[] address = IpText.parse(host);
    if (address == null) {
      assertThat(host).matches("([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]([a-z0-9-]*[a-z0-9])?");
    } else {
      assertThat(IpText.format(address)).isEqualTo(host);
    }
  }

  /** Notes what it is asked; the addresses are another test's. */
  private final class AnyTarget implements TargetGuard {
    @Override
    public List<InetAddress> resolve(String host, Duration atMost) {
      lookedUp.add(host);
      try {
        return List.of(InetAddress.getByAddress(host, new byte[] {8, 8, 8, 8}));
      } catch (UnknownHostException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void check(String host, InetAddress address, int port) {}
  }
}
