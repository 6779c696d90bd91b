package dev.webhooks.validation;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The hosts and addresses that webhooks may use although they are not public, for tests and for
 * networks of the host's own.
 *
 * <p>An allowed name may be {@code localhost} or have a single label, and may resolve to anything;
 * it allows neither its subdomains nor its addresses under another name. Immutable and thread-safe.
 */
public final class AllowedTargets {
  private static final AllowedTargets NONE = new AllowedTargets(List.of(), Set.of(), List.of());

  private final List<String> texts;
  private final Set<String> hosts;
  private final List<AddressRange> ranges;

  private AllowedTargets(List<String> texts, Set<String> hosts, List<AddressRange> ranges) {
    this.texts = texts;
    this.hosts = hosts;
    this.ranges = ranges;
  }

  /** Returns the default, which allows nothing. */
  public static AllowedTargets none() {
    return NONE;
  }

  /**
   * Reads what is allowed.
   *
   * @param targets names such as {@code localhost}, addresses such as {@code 127.0.0.1} or
   *     {@code ::1}, and ranges such as {@code 10.0.0.0/8} or {@code fd00::/8}
   * @throws IllegalArgumentException naming every text that is none of these
   */
  public static AllowedTargets of(String... targets) {
    Set<String> hosts = new LinkedHashSet<>();
    List<AddressRange> ranges = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String target : targets) {
      try {
        read(target, hosts, ranges);
      } catch (IllegalArgumentException e) {
        problems.add("\"" + target + "\": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("cannot allow " + String.join("; ", problems));
    }
    return new AllowedTargets(List.of(targets), Set.copyOf(hosts), List.copyOf(ranges));
  }

  /** Returns whether nothing is allowed. */
  public boolean isEmpty() {
    return texts.isEmpty();
  }

  /**
   * Returns whether a host may be used whatever it resolves to.
   *
   * @param host a name in canonical form, or the text of an address
   */
  public boolean allowsHost(String host) {
    return hosts.contains(host);
  }

  /**
   * Returns whether an address may be used under any name.
   *
   * @param address an address
   */
  public boolean allowsAddress(InetAddress address) {
    byte[] bytes = unmapped(address.getAddress());
    return ranges.stream().anyMatch(range -> range.contains(bytes));
  }

  /** Returns what is allowed as it was given, fit for the log. */
  @Override
  public String toString() {
    return texts.toString();
  }

  private static void read(String target, Set<String> hosts, List<AddressRange> ranges) {
    if (target.indexOf('/') >= 0) {
      ranges.add(unmapped(AddressRange.of(target, "allowed")));
    } else if (target.indexOf(':') >= 0 || IpText.looksNumeric(target)) {
      byte @Nullable [] address = IpText.parse(target);
      if (address == null) {
        throw new IllegalArgumentException("not a valid address");
      }
      byte[] single = unmapped(address);
      ranges.add(new AddressRange(single, single.length * 8, "allowed"));
    } else {
      hosts.add(HostName.canonical(target));
    }
  }

  /** Java turns IPv4-mapped addresses into IPv4 sooner or later; so do we. */
  private static AddressRange unmapped(AddressRange range) {
    byte[] prefix = unmapped(range.prefix());
    int cut = (range.prefix().length - prefix.length) * 8;
    return range.bits() < cut
        ? range
        : new AddressRange(prefix, range.bits() - cut, range.reason());
  }

  private static byte[] unmapped(byte[] address) {
    return SpecialRanges.MAPPED.contains(address) ? Arrays.copyOfRange(address, 12, 16) : address;
  }
}
