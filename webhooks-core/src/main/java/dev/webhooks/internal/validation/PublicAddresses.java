package dev.webhooks.internal.validation;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Tells addresses that a public web host can have from all others.
 *
 * <p>IPv4 is public unless a special-purpose block holds it; IPv6 is public only within
 * {@code 2000::/3} and outside such blocks. Addresses that embed an IPv4 address are judged by it
 * (IPv4-mapped, the well-known NAT64 prefix, ISATAP) or refused (IPv4-compatible, IPv4-translated,
 * 6to4, Teredo, NAT64 for local use). Thread-safe.
 */
public final class PublicAddresses {
  /** When the registries that the answer follows were read, as year and month. */
  public static final String REGISTRY_DATE = SpecialRanges.REGISTRY_DATE;

  private static final int ISATAP_MARK = 0x5efe;

  private PublicAddresses() {}

  /**
   * Returns whether a public web host can have an address.
   *
   * @param address an address; a scope of it is ignored
   */
  public static boolean isPublic(InetAddress address) {
    Objects.requireNonNull(address, "address");
    return refusal(address.getAddress()).isEmpty();
  }

  /** Returns why an address of 4 or 16 bytes is not public; empty if it is. */
  static Optional<String> refusal(byte[] address) {
    if (address.length == 4) {
      return reason(SpecialRanges.IPV4, address);
    }
    if (reason(SpecialRanges.EMBEDDING, address).isPresent()) {
      return refusal(lastFour(address));
    }
    Optional<String> listed = reason(SpecialRanges.IPV6, address);
    if (listed.isPresent()) {
      return listed;
    }
    if (!SpecialRanges.IPV6_GLOBAL.contains(address)) {
      return Optional.of("outside global unicast, RFC 4291");
    }
    return isIsatap(address) ? refusal(lastFour(address)) : Optional.empty();
  }

  /** Returns the IPv4 address in whose place an address is judged, or null if it has none. */
  static byte @Nullable [] embedded(byte[] address) {
    boolean judged = address.length == 16
        && (reason(SpecialRanges.EMBEDDING, address).isPresent() || isIsatap(address));
    return judged ? lastFour(address) : null;
  }

  private static Optional<String> reason(List<AddressRange> ranges, byte[] address) {
    for (AddressRange range : ranges) {
      if (range.contains(address)) {
        return Optional.of(range.reason());
      }
    }
    return Optional.empty();
  }

  private static byte[] lastFour(byte[] address) {
    return Arrays.copyOfRange(address, 12, 16);
  }

  /** RFC 5214: an interface id of 0:5efe or 200:5efe, followed by an IPv4 address. */
  private static boolean isIsatap(byte[] address) {
    int flags = (address[8] & 0xff) << 8 | (address[9] & 0xff);
    int mark = (address[10] & 0xff) << 8 | (address[11] & 0xff);
    return mark == ISATAP_MARK && (flags == 0 || flags == 0x200);
  }
}
