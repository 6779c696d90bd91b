package dev.webhooks.internal.validation;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses that share their first bits.
 *
 * @param prefix the first address, 4 or 16 bytes
 * @param bits how many bits they share
 * @param reason why the block is listed
 */
record AddressRange(byte[] prefix, int bits, String reason) {
  /**
   * Reads a block.
   *
   * @throws IllegalArgumentException if the text is not an address, a slash and a length that fits
   *     it, or bits are set behind the length
   */
  static AddressRange of(String cidr, String reason) {
    int slash = cidr.indexOf('/');
    byte @Nullable [] prefix = IpText.parse(cidr.substring(0, Math.max(slash, 0)));
    String length = cidr.substring(slash + 1);
    if (prefix == null || !length.matches("0|[1-9][0-9]{0,2}")) {
      throw new IllegalArgumentException(
          "\"" + cidr + "\" is not an address, a slash and a prefix length");
    }
    int bits = Integer.parseInt(length);
    if (bits > prefix.length * 8 || !Arrays.equals(prefix, masked(prefix, bits))) {
      throw new IllegalArgumentException(
          "\"" + cidr + "\" has a prefix length that does not fit its address");
    }
    return new AddressRange(prefix, bits, reason);
  }

  boolean contains(byte[] address) {
    if (address.length != prefix.length) {
      return false;
    }
    int whole = bits / 8;
    if (!Arrays.equals(address, 0, whole, prefix, 0, whole)) {
      return false;
    }
    int rest = bits % 8;
    return rest == 0
        || (address[whole] & 0xff) >> (8 - rest) == (prefix[whole] & 0xff) >> (8 - rest);
  }

  private static byte[] masked(byte[] address, int bits) {
    byte[] result = new byte[address.length];
    for (int i = 0; i < address.length; i++) {
      int kept = Math.min(8, Math.max(0, bits - 8 * i));
      result[i] = (byte) (address[i] & (0xff00 >> kept));
    }
    return result;
  }
}
