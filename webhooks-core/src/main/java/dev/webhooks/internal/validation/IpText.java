package dev.webhooks.internal.validation;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the text of addresses, in the one form that every parser reads alike: IPv4 as
 * four decimal octets without leading zeros, IPv6 without a zone. It never looks anything up.
 */
final class IpText {
  private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");
  private static final Pattern GROUP = Pattern.compile("[0-9A-Fa-f]{1,4}");
  private static final String GAP = "::";

  private IpText() {}

  /** Returns the 4 or 16 bytes of an address, or null if the text is none. */
  static byte @Nullable [] parse(String text) {
    return text.indexOf(':') < 0 ? parseV4(text) : parseV6(text);
  }

  /** Returns whether an IPv4 parser might take a host for a number, as octal and hex forms. */
  static boolean looksNumeric(String host) {
    String last = host.substring(host.lastIndexOf('.') + 1);
    return last.regionMatches(true, 0, "0x", 0, 2)
        || (!last.isEmpty() && last.chars().allMatch(c -> c >= '0' && c <= '9'));
  }

  /** Returns an address of 4 or 16 bytes that carries a host's name; looks nothing up. */
  static InetAddress address(String host, byte[] address) {
    try {
      return InetAddress.getByAddress(host, address);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  /** Returns the canonical text (RFC 5952 for IPv6). */
  static String format(byte[] address) {
    return address.length == 4 ? formatV4(address) : formatV6(address);
  }

  private static byte @Nullable [] parseV4(String text) {
    String[] octets = text.split("\\.", -1);
    if (octets.length != 4) {
      return null;
    }
    byte[] address = new byte[4];
    for (int i = 0; i < 4; i++) {
      if (!OCTET.matcher(octets[i]).matches() || Integer.parseInt(octets[i]) > 255) {
        return null;
      }
      address[i] = (byte) Integer.parseInt(octets[i]);
    }
    return address;
  }

  private static byte @Nullable [] parseV6(String text) {
    int gap = text.indexOf(GAP);
    if (gap < 0) {
      byte @Nullable [] all = groups(text, true);
      return all != null && all.length == 16 ? all : null;
    }
    byte @Nullable [] head = groups(text.substring(0, gap), false);
    byte @Nullable [] tail = groups(text.substring(gap + GAP.length()), true);
    if (head == null || tail == null || head.length + tail.length > 14) {
      return null;
    }
    byte[] address = new byte[16];
    System.arraycopy(head, 0, address, 0, head.length);
    System.arraycopy(tail, 0, address, 16 - tail.length, tail.length);
    return address;
  }

  /** Reads groups between single colons; the last may be an IPv4 address if it ends the text. */
  private static byte @Nullable [] groups(String text, boolean endsText) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16);
    String[] groups = text.isEmpty() ? new String[0] : text.split(":", -1);
    for (int i = 0; i < groups.length; i++) {
      byte @Nullable [] dotted = endsText && i == groups.length - 1 ? parseV4(groups[i]) : null;
      if (dotted != null) {
        bytes.writeBytes(dotted);
      } else if (GROUP.matcher(groups[i]).matches()) {
        int group = Integer.parseInt(groups[i], 16);
        bytes.write(group >> 8);
        bytes.write(group);
      } else {
        return null;
      }
    }
    return bytes.toByteArray();
  }

  private static String formatV4(byte[] address) {
    return (address[0] & 0xff) + "." + (address[1] & 0xff) + "." + (address[2] & 0xff) + "."
        + (address[3] & 0xff);
  }

  private static String formatV6(byte[] address) {
    List<String> groups = new ArrayList<>(8);
    for (int i = 0; i < 16; i += 2) {
      groups.add(Integer.toHexString((address[i] & 0xff) << 8 | (address[i + 1] & 0xff)));
    }
    int start = 0;
    int length = 0;
    for (int i = 0; i < 8; i++) {
      int run = zeros(groups, i);
      if (run > length) {
        start = i;
        length = run;
      }
    }
    return length < 2
        ? String.join(":", groups)
        : String.join(":", groups.subList(0, start))
            + GAP
            + String.join(":", groups.subList(start + length, 8));
  }

  private static int zeros(List<String> groups, int from) {
    int end = from;
    while (end < 8 && groups.get(end).equals("0")) {
      end++;
    }
    return end - from;
  }
}
