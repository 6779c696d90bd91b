package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RefusingRulesTest {
  private final TargetRules refused = TargetRules.publicOnly()
      .refusing("api.acme.example", "93.184.215.0/24", "2606:4700::1", "::ffff:8.8.4.4");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "93.184.215.0",
        "93.184.215.255",
        "::ffff:93.184.215.14",
        "64:ff9b::93.184.215.14",
        "2a00:1::5efe:93.184.215.14",
        "2a00:1::200:5efe:93.184.215.14",
        "2606:4700::1",
        "8.8.4.4"
      })
  void an_address_is_refused_in_every_form_that_embeds_it(String address) {
    assertThat(refused.refusesAddress(address(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"93.184.214.255", "93.184.216.0", "64:ff9b::8.8.8.8", "2606:4700::2"})
  void other_addresses_are_not_refused(String address) {
    assertThat(refused.refusesAddress(address(address))).isFalse();
  }

  @Test
  void a_name_is_refused_alone() {
    assertThat(refused.refusesName("api.acme.example")).isTrue();
    assertThat(refused.refusesName("a.api.acme.example")).isFalse();
    assertThat(refused.refusesName("acme.example")).isFalse();
  }

  @Test
  void one_can_do_without_nat64() {
    TargetRules nat64 = TargetRules.publicOnly().refusing("64:ff9b::/96");

    assertThat(nat64.refusesAddress(address("64:ff9b::8.8.8.8"))).isTrue();
    assertThat(nat64.refusesAddress(address("8.8.8.8"))).isFalse();
  }

  @Test
  void every_address_of_this_machine_is_its_own() throws Exception {
    TargetRules own = TargetRules.publicOnly().refusingOwnAddresses();
    List<InetAddress> addresses = NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .toList();

    assertThat(addresses).isNotEmpty().allMatch(own::refusesAddress);
    assertThat(Stream.of("127.9.9.9", "0.0.0.0", "::", "::ffff:127.0.0.1", "64:ff9b::127.0.0.1"))
        .allMatch(address -> own.refusesAddress(address(address)));
    assertThat(own.refusesAddress(address("93.184.215.14"))).isFalse();
    assertThat(TargetRules.publicOnly().refusesAddress(address("127.0.0.1"))).isFalse();
  }

  @Test
  void bad_text_is_refused_and_quoted() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TargetRules.publicOnly().refusing("10.0.0.0/33", "acme.example", "0x7f.1"))
        .withMessageContainingAll("cannot refuse", "\"10.0.0.0/33\"", "\"0x7f.1\"");
  }
}
