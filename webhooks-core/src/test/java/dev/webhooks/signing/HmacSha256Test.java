package dev.webhooks.signing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The test cases of RFC 4231 for HMAC-SHA-256. */
class HmacSha256Test {
  static Stream<Arguments> vectors() {
    return Stream.of(
        vector(
            bytes(20, 0x0b),
            "Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        vector(
            ascii("Jefe"),
            "what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Arguments.of(
            bytes(20, 0xaa),
            bytes(50, 0xdd),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Arguments.of(
            HexFormat.of().parseHex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
            bytes(50, 0xcd),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        vector(
            bytes(131, 0xaa),
            "Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        vector(
            bytes(131, 0xaa),
            "This is a test using a larger than block-size key and a larger than block-size data."
                + " The key needs to be hashed before being used by the HMAC algorithm.",
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void gives_the_published_code_however_the_message_is_split(
      byte[] key, byte[] message, String expected) {
    HmacSha256 hmac = new HmacSha256();
    for (int cut = 0; cut <= message.length; cut++) {
      byte[] prefix = Arrays.copyOf(message, cut);
      byte[] body = Arrays.copyOfRange(message, cut, message.length);
      assertThat(HexFormat.of().formatHex(hmac.of(key, prefix, body))).isEqualTo(expected);
    }
  }

  /** Test case 5 of the RFC compares the first 128 bits only. */
  @Test
  void gives_the_published_code_cut_to_128_bits() {
    byte[] code = new HmacSha256().of(bytes(20, 0x0c), ascii("Test With "), ascii("Truncation"));
    assertThat(HexFormat.of().formatHex(code)).startsWith("a3b6167473100ee06e0c796c2955552b");
  }

  private static Arguments vector(byte[] key, String message, String expected) {
    return Arguments.of(key, ascii(message), expected);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(int count, int value) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
