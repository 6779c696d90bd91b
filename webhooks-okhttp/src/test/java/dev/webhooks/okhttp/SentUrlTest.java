package dev.webhooks.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.validation.PublicHttpsPolicy;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.net.InetAddress;
import java.util.List;
import java.util.Random;
import okhttp3.HttpUrl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OkHttp, which has a parser of its own, dials and sends the very URL that was checked. */
class SentUrlTest {
  private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789-A";
  private static final List<String> ENCODED =
      List.of("bcher-kva", "strae-oqa", "ls8h", "fiqs8s", "mgbaam7a8h", "a", "a-", "ib9b", "zzzzz");
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

  private final PublicTargetGuard guard = PublicTargetGuard.builder()
      .resolver(host -> List.of(InetAddress.getByName("8.8.8.8")))
      .build();
  private final UrlPolicy policy = new PublicHttpsPolicy(guard, TargetRules.publicOnly());

  @AfterEach
  void closeGuard() {
    guard.close();
  }

  @Test
  void an_accepted_url_means_the_same_to_okhttp() {
    Random random = new Random(3986);
    int accepted = 0;
    for (int round = 0; round < 20_000; round++) {
      accepted += check(url(random));
    }
    assertThat(accepted).isGreaterThan(5_000);
  }

  private int check(String url) {
    ValidUrl valid;
    try {
      valid = policy.validate(url);
    } catch (WebhookException e) {
      return 0;
    }
    HttpUrl sent = HttpUrl.parse(valid.text());
    assertThat(sent).as(url).hasToString(valid.text());
    assertThat(sent.host()).isEqualTo(valid.host());
    assertThat(sent.port()).isEqualTo(valid.port());
    return 1;
  }

  /**
   * Paths and queries that some client rewrites: what is stored is what OkHttp puts on the wire.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//",
        "///a",
        "a//b",
        "a//../b",
        "a/..",
        "a/../",
        "a/.",
        "./a",
        "../../a",
        "a/%2e%2E/b",
        "a/.%2e",
        "a/%2e./",
        "a;b=1/..;c/d",
        "..;/a",
        ";/;x",
        "a%2Fb/%2f",
        "a%2f..%2fb",
        "%2F..",
        "?..",
        "?a=/../b",
        "a/..?b=/./c",
        "?",
        "??",
        "?a=%2e%2e/",
        "a?b=c?d=/..//",
        "...",
        "a/...",
        "%252e%252e/a",
        "a%20b",
        "~a!$&'()*+,;=:@",
        "?~a!$&'()*+,;=:@/",
        "%00",
        "?%00",
        "%C3%BC",
        "?%c3%bc",
        "[",
        "a|b",
        "?a|b",
        "?{}",
        "^",
        "`"
      })
  void path_and_query_are_sent_as_stored(String rest) {
    for (String slash : rest.startsWith("?") ? List.of("", "/") : List.of("/")) {
      check("https://acme.example" + slash + rest);
    }
  }

  /** Labels that look encoded, by chance and by mending what is right. */
  @Test
  void every_encoded_label_that_is_accepted_is_one_that_okhttp_can_send_to() {
    Random random = new Random(3492);
    int accepted = 0;
    for (int round = 0; round < 20_000; round++) {
      accepted += check("https://" + label(random) + "." + label(random) + ".example/");
    }
    assertThat(accepted).isGreaterThan(1_000);
  }

  private static String label(Random random) {
    if (random.nextInt(4) == 0) {
      StringBuilder text = new StringBuilder();
      for (int i = 1 + random.nextInt(6); i > 0; i--) {
        text.appendCodePoint(random.nextInt(random.nextBoolean() ? 0x500 : 0x11_0000));
      }
      return text.toString().replaceAll("[^\\p{L}\\p{N}\\p{M}]", "");
    }
    StringBuilder label = new StringBuilder(random.nextInt(3) == 0 ? "XN--" : "xn--");
    label.append(random.nextInt(3) == 0 ? ENCODED.get(random.nextInt(ENCODED.size())) : "");
    for (int i = random.nextInt(random.nextInt(8) == 0 ? 58 : 8); i > 0; i--) {
      int at = random.nextInt(label.length() - 3) + 4;
      label.insert(at, DIGITS.charAt(random.nextInt(DIGITS.length())));
    }
    return label.toString();
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
