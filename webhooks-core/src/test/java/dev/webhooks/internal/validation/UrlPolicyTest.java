package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPolicyTest {
  private final ConcurrentLinkedQueue<String> lookedUp = new ConcurrentLinkedQueue<>();
  private List<String> answers = List.of("93.184.215.14");
  private PublicTargetGuard guard = guard(TargetRules.publicOnly());
  private UrlPolicy policy = new PublicHttpsPolicy(guard, TargetRules.publicOnly());

  @AfterEach
  void closeGuard() {
    guard.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "https://hooks.acme.example/in | https://hooks.acme.example/in",
        "HTTPS://Hooks.ACME.example/In?Key=Value | https://hooks.acme.example/In?Key=Value",
        "https://acme.example | https://acme.example/",
        "https://acme.example?a=b | https://acme.example/?a=b",
        "https://acme.example:443/in | https://acme.example/in",
        "https://acme.example:8443/in | https://acme.example:8443/in",
        "https://acme.example:1/ | https://acme.example:1/",
        "https://acme.example:65535/ | https://acme.example:65535/",
        "https://acme.example./in | https://acme.example/in",
        "https://bücher.example/a | https://xn--bcher-kva.example/a",
        "https://ｅｘａｍｐｌｅ。com/ | https://example.com/",
        "https://ex\u00adample.com/ | https://example.com/",
        "https://xn--bcher-kva.example/ | https://xn--bcher-kva.example/",
        "https://8.8.8.8/ | https://8.8.8.8/",
        "https://8.8.8.8./ | https://8.8.8.8/",
        "https://[2606:4700:4700:0:0::1111]:8443/ | https://[2606:4700:4700::1111]:8443/",
        "https://[2606:4700::1]:443/ | https://[2606:4700::1]/",
        "https://[::ffff:8.8.8.8]:8443/ | https://8.8.8.8:8443/",
        "https://[64:FF9B::8.8.8.8]/ | https://[64:ff9b::808:808]/",
        "https://acme.example/a...b//c;d=1/%2e%2E.x?x=@:/../?&y=%00 | https://acme.example/a...b//c;d=1/%2e%2E.x?x=@:/../?&y=%00",
        "https://acme.example/it''s?a='b' | https://acme.example/it''s?a=%27b%27",
        "https://1a.example.com/ | https://1a.example.com/"
      })
  void a_public_url_is_brought_into_canonical_form(String url, String canonical) {
    ValidUrl valid = policy.validate(url);

    assertThat(valid.text()).isEqualTo(canonical);
    assertThat(policy.validate(valid.text())).isEqualTo(valid);
    assertThat(URI.create(canonical).getHost().replaceAll("[\\[\\]]", "")).isEqualTo(valid.host());
  }

  @Test
  void host_and_port_are_told_apart() {
    assertThat(policy.validate("https://Acme.example:8443/in"))
        .isEqualTo(new ValidUrl("https://acme.example:8443/in", "acme.example", 8443));
    assertThat(policy.validate("https://[2606:4700::1]/"))
        .isEqualTo(new ValidUrl("https://[2606:4700::1]/", "2606:4700::1", 443));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "acme.example",
        "//acme.example/",
        "http://acme.example/",
        "ftp://acme.example/",
        "url:https://acme.example/",
        "jar:https://acme.example/!/",
        "netdoc:///etc/passwd",
        "file:///etc/passwd",
        "https:/acme.example",
        "https:acme.example",
        "https//acme.example",
        " https://acme.example/",
        "https:\\\\acme.example\\",
        "httpſ://acme.example/"
      })
  void only_https_is_taken(String url) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a@acme.example/", "https://a:b@acme.example/", "https://a@b@acme.example/",
        "https://@acme.example/", "https://acme.example@127.0.0.1/",
            "https://acme.example%40b.example/",
        "https://acme.example＠b.example/", "https://a\\@127.0.0.1/"
      })
  void user_info_is_refused(String url) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate(url));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://acme.example/#", "https://acme.example/a#b", "https://acme.example#@b/"})
  void a_fragment_is_refused(String url) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate(url))
        .hasMessageContaining("fragment");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0", "65536", "99999", "-1", "+443", "0443", "", "4 43", "443a", "0x1bb", "４４３", "443:443"
      })
  void a_port_outside_its_range_is_refused(String port) {
    assertRefused(
        ErrorCode.INVALID_URL, () -> policy.validate("https://acme.example:" + port + "/"));
    assertRefused(
        ErrorCode.INVALID_URL, () -> policy.validate("https://[2606:4700::1]:" + port + "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://acme.example/a b", "https://acme.example/a\tb", "https://acme.example/a\r\nX: y",
        "https://acme.example/\u0000", "https://acme.example/\u007f", "https://acme.example/a\\b",
        "https://acme.example\\@b/", "https://acme.example/ü", "https://acme.example/?q=ü",
        "https://acme.example/\u010a", "https://acme.example/%", "https://acme.example/%zz",
        "https://acme.example/<a>", "https://acme.example/\"", "https://acme.example/a\u2028b",
        "https://ac\tme.example/", "https://ac\nme.example/", "https:// acme.example/",
        "https://acme.example /", "https://acme\u00a0.example/", "https://acme\u3000.example/",
        "https://acme.example/\ud800"
      })
  void controls_spaces_backslashes_and_foreign_characters_are_refused(String url) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate(url));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ". | ",
        ".. | ",
        "./ | ",
        "../ | ",
        "../../a | a",
        "a/. | a/",
        "a/.. | ",
        "a/./b | a/b",
        "a/../b | b",
        "a/../../../b | b",
        "a/b/c/./../../g | a/g",
        "mid/content=5/../6 | mid/6",
        "a//../b | a/b",
        "a//./ | a//",
        "//.. | /",
        "a/..?b=/../c | ?b=/../c",
        "?../. | ?../.",
        "%2e | ",
        "%2E%2e | ",
        "a/.%2E/b | b",
        "a/%2e./b | b",
        "a/%2e/b | a/b",
        "a/%2E%2E/%2E%2E/%2e | ",
        "... | ...",
        ".a/..b/c. | .a/..b/c.",
        "..;x/.;y | ..;x/.;y",
        "a/%2e%2e%2f%2e%2e/b | a/%2e%2e%2f%2e%2e/b",
        "a/%252e%252e/b | a/%252e%252e/b",
        "a/%2e%2e%2e | a/%2e%2e%2e"
      })
  void segments_of_dots_are_resolved(String path, @Nullable String resolved) {
    String start = "https://acme.example/";
    ValidUrl valid = policy.validate(start + path);

    assertThat(valid.text()).isEqualTo(start + (resolved == null ? "" : resolved));
    assertThat(policy.validate(valid.text())).isEqualTo(valid);
  }

  /** RFC 3986, 5.2.4, as the RFC writes it: an input and an output buffer. */
  @Test
  void segments_are_resolved_as_the_rfc_does_it() {
    Random random = new Random(524);
    List<String> parts = List.of("/", "/", "/", ".", "..", "a", "b", "...");
    for (int round = 0; round < 20_000; round++) {
      StringBuilder path = new StringBuilder("/");
      for (int i = random.nextInt(10); i > 0; i--) {
        path.append(parts.get(random.nextInt(parts.size())));
      }

      assertThat(policy.validate("https://acme.example" + path).text())
          .as(path.toString())
          .isEqualTo("https://acme.example" + removeDotSegments(path.toString()));
    }
  }

  private static String removeDotSegments(String path) {
    String input = path;
    String output = "";
    while (!input.isEmpty()) {
      if (input.startsWith("/./") || input.equals("/.")) {
        input = "/" + input.substring(Math.min(3, input.length()));
      } else if (input.startsWith("/../") || input.equals("/..")) {
        input = "/" + input.substring(Math.min(4, input.length()));
        output = output.substring(0, Math.max(0, output.lastIndexOf('/')));
      } else {
        int next = input.indexOf('/', 1);
        output += next < 0 ? input : input.substring(0, next);
        input = next < 0 ? "" : input.substring(next);
      }
    }
    return output;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // no encoding
        "xn--a1",
        "xn--0",
        "xn--a-b-c",
        "xn---0",
        "xn---ls8h",
        "xn--99999999999999999999999999999999999999999999999999999999999",
        "xn--bcher-kv",
        "a.xn--a1",
        // controls, half a surrogate pair, private use, spaces
        "xn--a",
        "XN--A",
        "xn--ib9b",
        "xn--0y0c",
        "xn--0ca-0y3b",
        // capitals, full width, not composed, a mark first
        "xn--wca",
        "xn--ph7c",
        "xn--e-xbb",
        "xn--iua",
        "xn--lsa"
      })
  void a_label_that_cannot_be_decoded_is_refused(String label) {
    assertRefused(
            ErrorCode.INVALID_URL, () -> policy.validate("https://" + label + ".acme.example/"))
        .hasMessageContaining("the host");
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xn--bcher-kva",
        "XN--BCHER-KVA",
        "Xn--Bcher-Kva",
        "xn--strae-oqa",
        "xn--ls8h",
        "xn--fiqs8s",
        "xn--mgbaam7a8h",
        "xn--fa-hia",
        "xn--nxasmm1c",
        "xn--p1ai",
        "xn--tckwe",
        "xn--vermgensberatung-pwb"
      })
  void a_label_that_can_be_decoded_is_taken(String label) {
    assertThat(policy.validate("https://" + label + ".acme.example/").host())
        .isEqualTo(label.toLowerCase(Locale.ROOT) + ".acme.example");
  }

  @Test
  void ports_can_be_narrowed() {
    TargetRules ports = TargetRules.publicOnly().onPorts("443", "1024-65535");
    UrlPolicy narrow = new PublicHttpsPolicy(guard, ports);

    for (String port : List.of("", ":443", ":1024", ":8443", ":65535")) {
      assertThat(narrow.validate("https://acme.example" + port + "/")).isNotNull();
    }
    lookedUp.clear();
    for (String port : List.of(":1", ":22", ":25", ":80", ":442", ":444", ":1023")) {
      assertRefused(
              ErrorCode.INVALID_URL, () -> narrow.validate("https://acme.example" + port + "/"))
          .hasMessageContaining("one of 443, 1024-65535");
    }
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "127.1",
        "127.0.1",
        "017700000001",
        "00.0.0.0",
        "127.0.0.01",
        "127.0.0.0x1",
        "0X7F.1",
        "127.0.0.1.1",
        "256.256.256.256",
        "1.2.3.256",
        "a.1",
        "example.0x1",
        "1",
        "0",
        "4294967296",
        "8.8.8.8..",
        "08.8.8.8",
        "１２７．１",
        "①②⑦.⓪.⓪.①1",
        "0177。0。0。1"
      })
  void a_number_is_refused_unless_it_is_four_decimal_octets(String host) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + host + "/"));
    assertThat(lookedUp).isEmpty();
  }

  @Test
  void the_refusal_of_a_number_says_how_an_address_is_written() {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://127.1/"))
        .hasMessage("the URL is malformed: an address must be four numbers from 0 to 255 without"
            + " leading zeros, such as 203.0.113.7");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.0.0.1.",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "255.255.255.255",
        "100.64.0.1",
        "１２７.0.0.1",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::10.0.0.1]",
        "[::127.0.0.1]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[2a00:1::5efe:10.0.0.1]",
        "[0:0:0:0:0:0:0:1]"
      })
  void an_address_that_is_not_public_is_refused_without_a_lookup(String host) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + host + "/"))
        .hasMessageEndingWith(" is not a public address: webhooks are sent over the internet;"
            + " use a public name, such as hooks.example.com");
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "https://127.0.0.1/in, 127.0.0.1",
    "https://10.0.0.1:8443/, 10.0.0.1",
    "https://[::1]/, ::1",
    "https://[::ffff:192.168.1.1]/, 192.168.1.1"
  })
  void the_refusal_of_an_address_says_in_plain_words_what_would_be_right(
      String url, String address) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate(url))
        .hasMessage(address + " is not a public address: webhooks are sent over the internet;"
            + " use a public name, such as hooks.example.com");
  }

  @Test
  void the_refusal_of_a_local_name_says_in_plain_words_what_would_be_right() {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://localhost:8443/in"))
        .hasMessage("\"localhost\" is not a public name: webhooks are sent over the internet;"
            + " use a public name, such as hooks.example.com");
  }

  @Test
  void a_public_address_that_is_refused_here_is_not_called_private() {
    guard.close();
    guard = PublicTargetGuard.builder()
        .rules(TargetRules.publicOnly().refusing("8.8.8.8"))
        .build();
    UrlPolicy narrow = new PublicHttpsPolicy(guard, TargetRules.publicOnly());

    assertRefused(ErrorCode.INVALID_URL, () -> narrow.validate("https://8.8.8.8/"))
        .hasMessage("8.8.8.8 must not be called from here; use another host");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[fe80::1%25eth0]",
        "[fe80::1%eth0]",
        "[2606:4700::1%250]",
        "[::1",
        "::1]",
        "2606:4700::1",
        "[2606:4700::1]x",
        "x[2606:4700::1]",
        "[[2606:4700::1]]",
        "[8.8.8.8]",
        "[acme.example]",
        "[]",
        "[2606:4700::1].",
        "[v1.abc]",
        "[2606:4700::1::2]",
        "[:::1]",
        "[1:2:3:4:5:6:7:8:9]",
        "[2606:4700::1]]",
        "[2606:4700::1][2606:4700::1]"
      })
  void brackets_hold_an_ipv6_address_and_nothing_else(String host) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + host + "/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + host + ":8443/"));
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost", "LOCALHOST", "localhost.", "a.localhost", "metadata.google.internal",
            "internal",
        "printer.local", "local", "router.home.arpa", "home.arpa", "abc.onion", "intranet",
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ", "local\u00adhost", "a.ｌocal", "com"
      })
  void a_name_that_is_never_public_is_refused_without_a_lookup(String host) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + host + "/"))
        .hasMessageContaining("public name");
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        ".acme.example",
        "acme..example",
        "acme.example..",
        "-acme.example",
        "acme-.example",
        "a_b.example",
        "acme.example%2f",
        "%61cme.example",
        "a,b.example",
        "a!b.example",
        "a*b.example",
        "faß.example",
        "βόλος.example",
        "a\u200db.example",
        "a\u200cb.example",
        "a／b.example",
        "a？b.example",
        "a＃b.example",
        "a：80.example",
        "\u00ad",
        "。",
        "example.1com",
        "xn--a-.example",
        "\ud800.example",
        "a\u2028.example",
        "℀.example"
      })
  void a_malformed_host_is_refused(String host) {
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + host + "/"));
    assertThat(lookedUp).isEmpty();
  }

  @Test
  void labels_and_hosts_have_a_greatest_length() {
    String label = "a".repeat(63);
    String longest = String.join(".", label, label, label, "b".repeat(61));

    assertThat(policy.validate("https://" + longest + "/").host()).hasSize(253);
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://" + longest + "b/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://a" + label + ".example/"));
  }

  @Test
  void a_url_has_at_most_2048_characters() {
    String start = "https://acme.example/";
    String longest = start + "a".repeat(2048 - start.length());

    assertThat(policy.validate(longest).text()).hasSize(2048);
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate(longest + "a"))
        .hasMessageContaining("2048");
  }

  @Test
  void the_canonical_form_must_not_be_too_long_either() {
    String start = "https://bücher.example/";
    assertRefused(
        ErrorCode.INVALID_URL, () -> policy.validate(start + "a".repeat(2048 - start.length())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "::1",
        "fd00:ec2::254",
        "64:ff9b::a00:1"
      })
  void a_name_with_one_address_that_is_not_public_is_refused_without_telling_it(String address) {
    answers = List.of("93.184.215.14", "2606:4700::1", address);

    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://acme.example/"))
        .hasMessage("the host of the URL has an address that is not public, or that must not be"
            + " called from here; use another host")
        .hasMessageNotContaining(address)
        .hasNoCause();
    assertThat(lookedUp).containsExactly("acme.example");
  }

  @Test
  void a_name_that_does_not_resolve_is_refused() {
    answers = List.of();

    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://acme.example/"))
        .hasMessage("\"acme.example\" could not be resolved; try again if that host exists");
  }

  @Test
  void an_allowed_host_may_be_private_and_resolve_to_anything() {
    allow("localhost", "receiver", "hooks.internal");
    answers = List.of("127.0.0.1");

    assertThat(policy.validate("https://LocalHost.:8443/in").text())
        .isEqualTo("https://localhost:8443/in");
    assertThat(policy.validate("https://receiver/").host()).isEqualTo("receiver");
    assertThat(policy.validate("https://hooks.internal/").host()).isEqualTo("hooks.internal");
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://a.localhost/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://acme.example/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://127.0.0.1/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("http://localhost/"));
  }

  @Test
  void an_allowed_range_lets_its_addresses_through_as_answer_and_as_literal() {
    allow("127.0.0.0/8", "::1");
    answers = List.of("127.0.0.1");

    assertThat(policy.validate("https://127.0.0.1:8443/").host()).isEqualTo("127.0.0.1");
    assertThat(policy.validate("https://[::1]/").host()).isEqualTo("::1");
    assertThat(policy.validate("https://acme.example/").host()).isEqualTo("acme.example");
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://127.1/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://10.0.0.1/"));
    assertRefused(ErrorCode.INVALID_URL, () -> policy.validate("https://localhost/"));
  }

  @Test
  void its_text_does_not_show_the_query() {
    assertThat(policy.validate("https://acme.example/in?token=canary"))
        .asString()
        .isEqualTo("https://acme.example/in?…");
  }

  private void allow(String... targets) {
    guard.close();
    TargetRules allowed = TargetRules.publicOnly().allowing(targets);
    guard = guard(allowed);
    policy = new PublicHttpsPolicy(guard, allowed);
  }

  private PublicTargetGuard guard(TargetRules allowed) {
    NameResolver scripted = host -> {
      lookedUp.add(host);
      if (answers.isEmpty()) {
        throw new UnknownHostException("10.9.8.7 says no");
      }
      return answers.stream().map(Addresses::address).toList();
    };
    return PublicTargetGuard.builder().resolver(scripted).rules(allowed).build();
  }
}
