package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.AllowedTargets;
import dev.webhooks.validation.PublicTargetGuard;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.Test;

/** OkHttp, which has a parser of its own, dials and sends the very URL that was checked. */
class SentUrlTest {
  private static final List<String> HOSTS = List.of(
      "acme.example",
      "Acme.Example.",
      "b\u00fccher.example",
      "xn--strae-oqa.de",
      "xn--ls8h.la",
      "a--b.example",
      "0xa.b.example",
      "8.8.8.8",
      "\uff18.8.8.8",
      "[2606:4700:0:0:1::1]",
      "[64:ff9b::8.8.8.8]",
      "[::ffff:8.8.8.8]");
  private static final List<String> TROUBLE = List.of(
      "..", ".", "%2e", "%2E", "/", "//", "?", "'", "%27", "[", "]", "|", "^", "`", "{", "}", "\\",
      "%", "%41", "%zz", "%00", "@", ":", ";", "&", "=", "+", "~", "!", "$", "(", ")", "*", ",");

  @Test
  void what_is_accepted_means_the_same_to_okhttp() {
    Random random = new Random(3986);
    int accepted = 0;
    try (PublicTargetGuard guard = PublicTargetGuard.builder()
        .resolver(host -> List.of(InetAddress.getByName("8.8.8.8")))
        .build()) {
      UrlPolicy policy = UrlPolicy.publicHttps(guard, AllowedTargets.none());
      for (int round = 0; round < 20_000; round++) {
        accepted += check(policy, url(random));
      }
    }
    assertThat(accepted).isGreaterThan(5_000);
  }

  private static int check(UrlPolicy policy, String url) {
    ValidUrl valid;
    try {
      valid = policy.validate(url);
    } catch (WebhookException e) {
      return 0;
    }
    HttpUrl sent = HttpUrl.parse(valid.text());
    assertThat(sent).hasToString(valid.text());
    assertThat(sent.host()).isEqualTo(valid.host());
    assertThat(sent.port()).isEqualTo(valid.port());
    return 1;
  }

  private static String url(Random random) {
    StringBuilder url = new StringBuilder("https://");
    url.append(HOSTS.get(random.nextInt(HOSTS.size())));
    if (random.nextInt(4) == 0) {
      url.append(':').append(random.nextInt(70_000));
    }
    url.append(random.nextInt(8) == 0 ? "" : "/");
    for (int parts = random.nextInt(6); parts > 0; parts--) {
      url.append(
          random.nextBoolean()
              ? TROUBLE.get(random.nextInt(TROUBLE.size()))
              : Character.toString(0x21 + random.nextInt(0x7f - 0x21)));
    }
    return url.toString();
  }
}
