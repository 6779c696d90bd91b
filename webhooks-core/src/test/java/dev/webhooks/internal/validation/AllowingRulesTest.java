package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowingRulesTest {
  private final TargetRules allowed = TargetRules.publicOnly()
      .allowing(
          "localhost",
          "Receiver.INTERNAL.",
          "10.1.0.0/16",
          "127.0.0.1",
          "::1/128",
          "fd00::/8",
          "::ffff:192.168.7.0/120");

  @ParameterizedTest
  @CsvSource({
    "10.1.0.0, true",
    "10.1.255.255, true",
    "10.0.255.255, false",
    "10.2.0.0, false",
    "127.0.0.1, true",
    "127.0.0.2, false",
    "::1, true",
    "::2, false",
    "fd12::1, true",
    "fc12::1, false",
    "192.168.7.9, true",
    "192.168.8.0, false"
  })
  void an_address_is_allowed_within_a_range(String address, boolean expected) {
    assertThat(allowed.allowsAddress("acme.example", address(address))).isEqualTo(expected);
  }

  @Test
  void a_name_is_allowed_alone_and_without_its_subdomains() {
    assertThat(allowed.allowsName("localhost")).isTrue();
    assertThat(allowed.allowsName("receiver.internal")).isTrue();
    assertThat(allowed.allowsName("a.localhost")).isFalse();
    assertThat(allowed.allowsName("internal")).isFalse();
  }

  @Test
  void nothing_is_allowed_by_default() {
    assertThat(TargetRules.publicOnly().allowed()).isEmpty();
    assertThat(TargetRules.publicOnly().allowsName("localhost")).isFalse();
    assertThat(TargetRules.publicOnly().allowsAddress("localhost", address("127.0.0.1")))
        .isFalse();
  }

  @Test
  void a_range_may_hold_every_address() {
    TargetRules all = TargetRules.publicOnly().allowing("0.0.0.0/0", "::/0");
    assertThat(all.allowsAddress("acme.example", address("10.0.0.1"))).isTrue();
    assertThat(all.allowsAddress("acme.example", address("fe80::1"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "*",
        "*.internal",
        "a b",
        "a_b",
        "http://localhost",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/08",
        "10.0.0.0/",
        "/8",
        "10.0.0.1/8",
        "10.0.0/8",
        "localhost/8",
        "::1/129",
        "300.0.0.1",
        "0x7f.1",
        "::g",
        "fe80::1%eth0"
      })
  void bad_text_is_refused_and_quoted(String target) {
    assertThatThrownBy(() -> TargetRules.publicOnly().allowing("localhost", target))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"" + target + "\"");
  }

  @Test
  void every_bad_text_is_reported_at_once() {
    assertThatThrownBy(() -> TargetRules.publicOnly().allowing("1.2.3.4/8", "a b"))
        .hasMessageContainingAll("1.2.3.4/8", "a b");
  }

  @Test
  void its_text_tells_what_is_allowed() {
    assertThat(TargetRules.publicOnly().allowing("localhost", "10.0.0.0/8").allowed())
        .hasToString("[localhost, 10.0.0.0/8]");
  }
}
