package dev.webhooks.internal.validation;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Names, addresses and ranges of addresses, as an operator writes them down.
 *
 * @param texts the list as it was given
 * @param hosts names in canonical form; a name stands neither for its subdomains nor for its
 *     addresses
 * @param ranges ranges, and addresses as ranges of one
 */
record TargetList(List<String> texts, Set<String> hosts, List<AddressRange> ranges) {
  static final TargetList EMPTY = new TargetList(List.of(), Set.of(), List.of());

  /**
   * Reads a list.
   *
   * @throws IllegalArgumentException naming every text that is neither a name nor an address nor a
   *     range
   */
  static TargetList of(String verb, String... targets) {
    Set<String> hosts = new LinkedHashSet<>();
    List<AddressRange> ranges = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    for (String target : Objects.requireNonNull(targets, "targets")) {
      Objects.requireNonNull(target, "targets");
      try {
        read(target, hosts, ranges);
      } catch (IllegalArgumentException e) {
        problems.add("\"" + target + "\": " + e.getMessage());
      }
    }
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException("cannot " + verb + " " + String.join("; ", problems));
    }
    return new TargetList(List.of(targets), Set.copyOf(hosts), List.copyOf(ranges));
  }

  boolean isEmpty() {
    return texts.isEmpty();
  }

  boolean containsHost(String host) {
    return hosts.contains(host);
  }

  /** Returns whether a range holds an address; an IPv4-mapped one counts as the IPv4 address. */
  boolean containsAddress(InetAddress address) {
    return containsAddress(address.getAddress());
  }

  boolean containsAddress(byte[] address) {
    byte[] bytes = unmapped(address);
    return ranges.stream().anyMatch(range -> range.contains(bytes));
  }

  @Override
  public String toString() {
    return texts.toString();
  }

  private static void read(String target, Set<String> hosts, List<AddressRange> ranges) {
    if (target.indexOf('/') >= 0) {
      ranges.add(unmapped(AddressRange.of(target, "listed")));
    } else if (target.indexOf(':') >= 0 || IpText.looksNumeric(target)) {
      byte @Nullable [] address = IpText.parse(target);
      if (address == null) {
        throw new IllegalArgumentException("not a valid address");
      }
      byte[] single = unmapped(address);
      ranges.add(new AddressRange(single, single.length * 8, "listed"));
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

  static byte[] unmapped(byte[] address) {
    return SpecialRanges.MAPPED.contains(address) ? Arrays.copyOfRange(address, 12, 16) : address;
  }
}
