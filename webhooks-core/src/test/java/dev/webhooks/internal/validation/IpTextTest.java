package dev.webhooks.internal.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTextTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, 0.0.0.0",
    "255.255.255.255, 255.255.255.255",
    "::, ::",
    "::1, ::1",
    "1::, 1::",
    "0:0:0:0:0:0:0:1, ::1",
    "2001:DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:db8::0:1, 2001:db8::1",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8",
    "::ffff:1.2.3.4, ::ffff:102:304",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304"
  })
  void an_address_is_written_in_one_form(String text, String canonical) {
    assertThat(IpText.format(IpText.parse(text))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.",
        "01.2.3.4",
        "256.1.1.1",
        "1.2.3.-4",
        "+1.2.3.4",
        "0x7f.0.0.1",
        "1.2.3.4 ",
        "१.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7::8",
        "::1:2:3:4:5:6:7:8",
        "12345::",
        "::g",
        "::1%eth0",
        "::1%25eth0",
        "1.2.3.4::",
        "::1.2.3",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "[::1]",
        "::1/128",
        "fe80::%1",
        ":1::",
        "1:::2",
        "１::"
      })
  void what_is_not_exactly_an_address_is_refused(String text) {
    assertThat(IpText.parse(text)).isNull();
  }

  @Test
  void what_is_written_reads_as_the_same_address_here_and_in_the_jdk() throws Exception {
    Random random = new Random(5952);
    for (int round = 0; round < 20_000; round++) {
      byte[] address = new byte[round % 4 == 0 ? 4 : 16];
      for (int i = 0; i < address.length; i++) {
        address[i] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
      }
      String text = IpText.format(address);
      assertThat(IpText.parse(text)).as(text).isEqualTo(address);
      assertThat(InetAddress.getAllByName(text)).containsExactly(InetAddress.getByAddress(address));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, true",
    "1, true",
    "0x7f000001, true",
    "a.0X1, true",
    "example.com, false",
    "1.com, false",
    "x0x1, false"
  })
  void a_host_whose_last_label_is_a_number_looks_numeric(String host, boolean expected) {
    assertThat(IpText.looksNumeric(host)).isEqualTo(expected);
  }
}
