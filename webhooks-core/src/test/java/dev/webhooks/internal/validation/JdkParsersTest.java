package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.IDN;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests what the rules for URLs take for granted about the JDK. A JDK that reads one of these
 * otherwise fails the build: look at {@link UrlParser} and {@link HostName} again before changing a
 * line here.
 */
class JdkParsersTest {
  private static final int MAPPED_TO_ASCII = 1271;
  private static final long SUM_OF_MAPPINGS = 394865658;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a\\@127.0.0.1/",
        "https://acme.example\\@b/",
        "https://acme.example/a b",
        "https://acme.example/a\tb",
        "https://acme.example/a\r\nb",
        "https://acme.example/\u0000",
        "https://acme.example/%",
        "https://acme.example/%zz",
        "https://acme.example/a[b]",
        "https://[::1/",
        "https://[acme.example]/",
        "https://[8.8.8.8]/",
        "https://[1:2:3:4:5:6:7:8:9]/"
      })
  void uri_refuses_what_it_cannot_mean(String url) {
    assertThatThrownBy(() -> new URI(url)).isInstanceOf(URISyntaxException.class);
  }

  @Test
  void uri_takes_these_characters_in_a_path_and_in_a_query() {
    String letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    assertThat(taken("/a%sb"))
        .isEqualTo("!#$&'()*+,-./" + letters.substring(0, 10) + ":;=?@" + letters.substring(10)
            + "_" + "abcdefghijklmnopqrstuvwxyz" + "~");
    assertThat(taken("/?a%sb"))
        .isEqualTo("!#$&'()*+,-./" + letters.substring(0, 10) + ":;=?@" + letters.substring(10)
            + "[]_" + "abcdefghijklmnopqrstuvwxyz" + "~");
  }

  @ParameterizedTest
  @CsvSource({
    "https://acme.example/in, acme.example, -1",
    "https://acme.example:8443/in, acme.example, 8443",
    "https://acme.example:65536/, acme.example, 65536",
    "https://8.8.8.8/, 8.8.8.8, -1",
    "https://[2606:4700::1]:8443/, [2606:4700::1], 8443",
    "https://xn--bcher-kva.example/?@127.0.0.1, xn--bcher-kva.example, -1",
    "https://acme.example/@127.0.0.1, acme.example, -1",
    "https://acme.example?@127.0.0.1/, acme.example, -1"
  })
  void uri_finds_host_and_port_where_we_do(String url, String host, int port) throws Exception {
    URI uri = new URI(url);

    assertThat(uri.getHost()).isEqualTo(host);
    assertThat(uri.getPort()).isEqualTo(port);
    assertThat(uri).hasToString(url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a@b@acme.example/",
        "https://acme_x.example/",
        "https://acme..example/",
        "https://127.1/",
        "https://1.2.3.256/"
      })
  void uri_finds_no_host_in_an_authority_that_is_not_a_servers(String url) throws Exception {
    assertThat(new URI(url).getHost()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "\uff11\uff12\uff17.0.0.1, 127.0.0.1",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460, 127.0.0.1",
    "127\u30020\uff0e0\uff611, 127.0.0.1",
    "127\u24880.1, 1271.0.1",
    "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54, localhost",
    "local\u00adhost, localhost",
    "local\u200bhost, localhost",
    "local\u2060host, localhost",
    "local\ufe0fhost, localhost",
    "a\uff0fb.example, a/b.example",
    "a\uff1fb.example, a?b.example",
    "a\uff20b.example, a@b.example",
    "a\uff1ab.example, a:b.example",
    "a\uff03b.example, a#b.example",
    "a\uff05b.example, a%b.example",
    "a\uff3cb.example, a\\b.example",
    "\u2100.example, a/c.example",
    "b\u00fccher.example, xn--bcher-kva.example",
    "fa\u00df.example, fass.example",
    "a\u200db.example, ab.example"
  })
  void idn_maps_these_as_idna_2003_does(String host, String ascii) {
    assertThat(IDN.toASCII(host)).isEqualTo(ascii);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u0085b.example",
        "a\u00a0\u2028b.example",
        "a\ud800b.example",
        "a\ue000b.example",
        "a\ufffdb.example",
        "a\u0221b.example",
        "a\u202eb.example"
      })
  void idn_refuses_what_idna_2003_prohibits_or_does_not_know(String host) {
    assertThatThrownBy(() -> IDN.toASCII(host)).isInstanceOf(IllegalArgumentException.class);
  }

  /** Everything that becomes plain ASCII, where an attack can hide, in one number. */
  @Test
  void idn_maps_the_same_characters_to_ascii_as_ever() {
    CRC32 sum = new CRC32();
    int mapped = 0;
    for (int c :
        IntStream.range(0x80, 0x110000).filter(JdkParsersTest::isWorthTrying).toArray()) {
      String ascii = asciiOf(c);
      if (!ascii.startsWith("xn--") && !ascii.isEmpty()) {
        mapped++;
        sum.update((c + "=" + ascii + ";").getBytes(StandardCharsets.UTF_8));
      }
    }

    assertThat(mapped).isEqualTo(MAPPED_TO_ASCII);
    assertThat(sum.getValue()).isEqualTo(SUM_OF_MAPPINGS);
  }

  /**
   * Whatever the JDK makes of a character, our rule takes hosts of letters, digits, hyphens only.
   */
  @Test
  void no_character_smuggles_another_into_a_canonical_host() {
    List<String> wrong = IntStream.range(0x80, 0x110000)
        .filter(JdkParsersTest::isWorthTrying)
        .mapToObj(c -> "a" + Character.toString(c) + "b.example")
        .filter(host -> !isRefusedOrPlain(host))
        .toList();

    assertThat(wrong).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:7f00:1"})
  void an_ipv4_mapped_address_is_an_ipv4_address(String text) throws Exception {
    assertThat(InetAddress.getByName(text)).isInstanceOf(Inet4Address.class);
    assertThat(InetAddress.getByAddress(IpText.parse(text))).isInstanceOf(Inet4Address.class);
  }

  /** Leaves out Han, Hangul and private use, which are many and look like nothing in ASCII. */
  private static boolean isWorthTrying(int c) {
    return c < 0x3400
        || (c >= 0xf900 && c < 0x10000)
        || (c >= 0x1d000 && c < 0x1d800)
        || (c >= 0x1f100 && c < 0x1f300)
        || (c >= 0xe0000 && c < 0xe0200);
  }

  private static boolean isRefusedOrPlain(String host) {
    String canonical;
    try {
      canonical = HostName.canonical(host);
    } catch (IllegalArgumentException e) {
      return true;
    }
    return canonical.chars().allMatch(c -> "abcdefghijklmnopqrstuvwxyz0123456789.-".indexOf(c) >= 0)
        && HostName.canonical(canonical).equals(canonical);
  }

  private static String asciiOf(int c) {
    try {
      return IDN.toASCII("a" + Character.toString(c) + "b");
    } catch (RuntimeException e) {
      return "";
    }
  }

  private static String taken(String form) {
    return IntStream.range(0x20, 0x80)
        .filter(c -> c != '%')
        .mapToObj(Character::toString)
        .filter(c -> isUri("https://acme.example" + form.replace("%s", c)))
        .collect(Collectors.joining());
  }

  private static boolean isUri(String text) {
    try {
      return new URI(text).getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
