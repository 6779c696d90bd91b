package dev.webhooks.internal.validation;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Makes addresses from their texts, with no look-up. */
final class Addresses {
  private Addresses() {}

  static InetAddress address(String text) {
    try {
      return InetAddress.getByAddress(IpText.parse(text));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
