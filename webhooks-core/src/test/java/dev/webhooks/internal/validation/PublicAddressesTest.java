package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {
  /** Every listed block, written out once more so that a slip in the table shows. */
  static final List<String> BLOCKS = List.of(
      "0.0.0.0-0.255.255.255",
      "10.0.0.0-10.255.255.255",
      "100.64.0.0-100.127.255.255",
      "127.0.0.0-127.255.255.255",
      "168.63.129.16-168.63.129.16",
      "169.254.0.0-169.254.255.255",
      "172.16.0.0-172.31.255.255",
      "192.0.0.0-192.0.0.255",
      "192.0.2.0-192.0.2.255",
      "192.31.196.0-192.31.196.255",
      "192.52.193.0-192.52.193.255",
      "192.88.99.0-192.88.99.255",
      "192.168.0.0-192.168.255.255",
      "192.175.48.0-192.175.48.255",
      "198.18.0.0-198.19.255.255",
      "198.51.100.0-198.51.100.255",
      "203.0.113.0-203.0.113.255",
      "224.0.0.0-239.255.255.255",
      "240.0.0.0-255.255.255.255",
      "::-::",
      "::1-::1",
      "::-::ffff:ffff",
      "::ffff:0:0:0-::ffff:0:ffff:ffff",
      "64:ff9b:1::-64:ff9b:1:ffff:ffff:ffff:ffff:ffff",
      "100::-100::ffff:ffff:ffff:ffff",
      "100:0:0:1::-100:0:0:1:ffff:ffff:ffff:ffff",
      "2001::-2001:0:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:1::1-2001:1::1",
      "2001:1::2-2001:1::2",
      "2001:1::3-2001:1::3",
      "2001:2::-2001:2:0:ffff:ffff:ffff:ffff:ffff",
      "2001:3::-2001:3:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:4:112::-2001:4:112:ffff:ffff:ffff:ffff:ffff",
      "2001:10::-2001:1f:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:20::-2001:2f:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:30::-2001:3f:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001::-2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
      "2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2620:4f:8000::-2620:4f:8000:ffff:ffff:ffff:ffff:ffff",
      "3ffe::-3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "3fff::-3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
      "5f00::-5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fec0::-feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "ff00::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2000::-2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2004::-23ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2500::-25ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2700::-27ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2900::-29ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2b00::-2bff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2d00::-3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "4000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

  /** The neighbours of the blocks that are not in another block, computed by hand. */
  private static final List<String> PUBLIC_NEIGHBOURS = List.of(
      "1.0.0.0",
      "9.255.255.255",
      "11.0.0.0",
      "100.63.255.255",
      "100.128.0.0",
      "126.255.255.255",
      "128.0.0.0",
      "168.63.129.15",
      "168.63.129.17",
      "169.253.255.255",
      "169.255.0.0",
      "172.15.255.255",
      "172.32.0.0",
      "191.255.255.255",
      "192.0.1.0",
      "192.0.1.255",
      "192.0.3.0",
      "192.31.195.255",
      "192.31.197.0",
      "192.52.192.255",
      "192.52.194.0",
      "192.88.98.255",
      "192.88.100.0",
      "192.167.255.255",
      "192.169.0.0",
      "192.175.47.255",
      "192.175.49.0",
      "198.17.255.255",
      "198.20.0.0",
      "198.51.99.255",
      "198.51.101.0",
      "203.0.112.255",
      "203.0.114.0",
      "223.255.255.255",
      "2001:200::",
      "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
      "2001:db9::",
      "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2003::",
      "2003:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2400::",
      "24ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2600::",
      "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff",
      "2620:4f:8001::",
      "26ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2800::",
      "28ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2a00::",
      "2aff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "2c00::",
      "2cff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");

  static Stream<String> blocks() {
    return BLOCKS.stream();
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void the_first_the_last_and_the_middle_of_a_block_are_not_public(String block) {
    BigInteger first = number(block.substring(0, block.indexOf('-')));
    BigInteger last = number(block.substring(block.indexOf('-') + 1));
    int size = block.indexOf(':') < 0 ? 4 : 16;

    for (BigInteger address : List.of(first, last, first.add(last).shiftRight(1))) {
      assertThat(PublicAddresses.refusal(bytes(address, size))).isPresent();
    }
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void one_before_and_one_after_a_block_are_public_unless_another_block_has_them(String block) {
    int size = block.indexOf(':') < 0 ? 4 : 16;
    BigInteger before = number(block.substring(0, block.indexOf('-'))).subtract(BigInteger.ONE);
    BigInteger after = number(block.substring(block.indexOf('-') + 1)).add(BigInteger.ONE);

    for (BigInteger address : List.of(before, after)) {
      if (address.signum() >= 0 && address.bitLength() <= size * 8) {
        byte[] bytes = bytes(address, size);
        assertThat(PublicAddresses.refusal(bytes).isEmpty())
            .as(IpText.format(bytes))
            .isEqualTo(PUBLIC_NEIGHBOURS.contains(IpText.format(bytes)));
      }
    }
  }

  @Test
  void every_row_of_the_table_lies_within_a_block_of_this_test() {
    for (AddressRange range : concat(SpecialRanges.IPV4, SpecialRanges.IPV6)) {
      BigInteger first = new BigInteger(1, range.prefix());
      BigInteger last = first
          .add(BigInteger.ONE.shiftLeft(range.prefix().length * 8 - range.bits()))
          .subtract(BigInteger.ONE);
      assertThat(BLOCKS.stream()
              .filter(block -> block.indexOf(':') < 0 == (range.prefix().length == 4)))
          .as(IpText.format(range.prefix()) + "/" + range.bits())
          .anyMatch(block -> number(block.substring(0, block.indexOf('-'))).compareTo(first) <= 0
              && number(block.substring(block.indexOf('-') + 1)).compareTo(last) >= 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "1.1.1.1",
        "93.184.215.14",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2a00:1450:4001:830::200e",
        "2c0f:fb50:4003::1",
        "2408:8000::1",
        "2800:3f0:4001::1"
      })
  void well_known_public_hosts_are_public(String address) {
    assertThat(PublicAddresses.isPublic(address(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "169.254.170.2",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        "fd20:ce::254"
      })
  void cloud_metadata_services_are_not_public(String address) {
    assertThat(PublicAddresses.isPublic(address(address))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "::ffff:8.8.8.8, true",
    "::ffff:127.0.0.1, false",
    "::ffff:100.64.0.1, false",
    "64:ff9b::8.8.8.8, true",
    "64:ff9b::10.0.0.1, false",
    "64:ff9b::169.254.169.254, false",
    "64:ff9b::1:8.8.8.8, false",
    "64:ff9b:1::8.8.8.8, false",
    "::8.8.8.8, false",
    "::ffff:0:8.8.8.8, false",
    "2002:808:808::1, false",
    "2001:0:808:808::1, false",
    "2a00:1::5efe:8.8.8.8, true",
    "2a00:1::5efe:10.0.0.1, false",
    "2a00:1::200:5efe:8.8.8.8, true",
    "2a00:1::200:5efe:127.0.0.1, false",
    "2a00:1::100:5efe:127.0.0.1, true"
  })
  void embedded_addresses_are_judged_or_refused(String address, boolean expected) {
    assertThat(PublicAddresses.refusal(IpText.parse(address)).isEmpty()).isEqualTo(expected);
  }

  @Test
  void every_ipv4_block_is_refused_in_every_embedded_notation() {
    for (AddressRange range : SpecialRanges.IPV4) {
      for (String prefix : List.of("::ffff:", "64:ff9b::", "::", "::ffff:0:", "2a00:1::5efe:")) {
        byte[] address = IpText.parse(prefix + IpText.format(range.prefix()));
        assertThat(PublicAddresses.refusal(address)).as(prefix + range.reason()).isPresent();
      }
    }
  }

  @Test
  void the_table_says_when_the_registries_were_read() {
    assertThat(PublicAddresses.REGISTRY_DATE).matches("20[0-9]{2}-[01][0-9]");
  }

  private static List<AddressRange> concat(List<AddressRange> one, List<AddressRange> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
  }

  private static BigInteger number(String address) {
    return new BigInteger(1, IpText.parse(address));
  }

  private static byte[] bytes(BigInteger number, int size) {
    byte[] padded = new byte[size];
    byte[] raw = number.toByteArray();
    int length = Math.min(raw.length, size);
    System.arraycopy(raw, raw.length - length, padded, size - length, length);
    assertThat(new BigInteger(1, padded)).isEqualTo(number);
    return Arrays.copyOf(padded, size);
  }
}
