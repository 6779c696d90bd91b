package dev.webhooks.internal.validation;

import java.util.List;

/**
 * The blocks that no public web host lives in, after the IANA special-purpose address registries
 * for IPv4 and IPv6, the IPv6 address-space and unicast-assignment registries and the RFCs they
 * name.
 */
final class SpecialRanges {
  /** When the registries were read. */
  static final String REGISTRY_DATE = "2026-09";

  static final List<AddressRange> IPV4 = List.of(
      AddressRange.of("0.0.0.0/8", "this network, RFC 791"),
      AddressRange.of("10.0.0.0/8", "private use, RFC 1918"),
      AddressRange.of("100.64.0.0/10", "shared by carrier-grade NAT, RFC 6598"),
      AddressRange.of("127.0.0.0/8", "loopback, RFC 1122"),
      AddressRange.of("168.63.129.16/32", "platform address of Azure"),
      AddressRange.of("169.254.0.0/16", "link local and cloud metadata, RFC 3927"),
      AddressRange.of("172.16.0.0/12", "private use, RFC 1918"),
      AddressRange.of("192.0.0.0/24", "IETF protocol assignments, RFC 6890"),
      AddressRange.of("192.0.2.0/24", "documentation, RFC 5737"),
      AddressRange.of("192.31.196.0/24", "AS112, RFC 7535"),
      AddressRange.of("192.52.193.0/24", "AMT relays, RFC 7450"),
      AddressRange.of("192.88.99.0/24", "former 6to4 relays, RFC 7526"),
      AddressRange.of("192.168.0.0/16", "private use, RFC 1918"),
      AddressRange.of("192.175.48.0/24", "AS112, RFC 7534"),
      AddressRange.of("198.18.0.0/15", "benchmarks, RFC 2544"),
      AddressRange.of("198.51.100.0/24", "documentation, RFC 5737"),
      AddressRange.of("203.0.113.0/24", "documentation, RFC 5737"),
      AddressRange.of("224.0.0.0/4", "multicast, RFC 5771"),
      AddressRange.of("240.0.0.0/4", "reserved and broadcast, RFC 1112"));

  static final List<AddressRange> IPV6 = List.of(
      AddressRange.of("::/128", "unspecified, RFC 4291"),
      AddressRange.of("::1/128", "loopback, RFC 4291"),
      AddressRange.of("::/96", "IPv4-compatible, RFC 4291"),
      AddressRange.of("::ffff:0:0:0/96", "IPv4-translated, RFC 2765"),
      AddressRange.of("64:ff9b:1::/48", "NAT64 for local use, RFC 8215"),
      AddressRange.of("100::/64", "discard only, RFC 6666"),
      AddressRange.of("100:0:0:1::/64", "dummy prefix, RFC 9780"),
      AddressRange.of("2001::/32", "Teredo, RFC 4380"),
      AddressRange.of("2001:1::1/128", "PCP anycast, RFC 7723"),
      AddressRange.of("2001:1::2/128", "TURN anycast, RFC 8155"),
      AddressRange.of("2001:1::3/128", "service registration anycast, RFC 9665"),
      AddressRange.of("2001:2::/48", "benchmarks, RFC 5180"),
      AddressRange.of("2001:3::/32", "AMT, RFC 7450"),
      AddressRange.of("2001:4:112::/48", "AS112, RFC 7535"),
      AddressRange.of("2001:10::/28", "former ORCHID, RFC 4843"),
      AddressRange.of("2001:20::/28", "ORCHIDv2, RFC 7343"),
      AddressRange.of("2001:30::/28", "drone remote ids, RFC 9374"),
      AddressRange.of("2001::/23", "IETF protocol assignments, RFC 2928"),
      AddressRange.of("2001:db8::/32", "documentation, RFC 3849"),
      AddressRange.of("2002::/16", "6to4, RFC 3056"),
      AddressRange.of("2620:4f:8000::/48", "AS112, RFC 7534"),
      AddressRange.of("3ffe::/16", "former 6bone, RFC 3701"),
      AddressRange.of("3fff::/20", "documentation, RFC 9637"),
      AddressRange.of("5f00::/16", "segment routing ids, RFC 9602"),
      AddressRange.of("fc00::/7", "unique local and cloud metadata, RFC 4193"),
      AddressRange.of("fe80::/10", "link local, RFC 4291"),
      AddressRange.of("fec0::/10", "former site local, RFC 3879"),
      AddressRange.of("ff00::/8", "multicast, RFC 4291"),
      // The parts of 2000::/3 from which no regional registry has been given anything. Those that
      // registries are given more of from time to time (24, 26, 28, 2a, 2c) are left whole.
      AddressRange.of("2000::/16", "not allocated"),
      AddressRange.of("2004::/14", "not allocated"),
      AddressRange.of("2008::/13", "not allocated"),
      AddressRange.of("2010::/12", "not allocated"),
      AddressRange.of("2020::/11", "not allocated"),
      AddressRange.of("2040::/10", "not allocated"),
      AddressRange.of("2080::/9", "not allocated"),
      AddressRange.of("2100::/8", "not allocated"),
      AddressRange.of("2200::/7", "not allocated"),
      AddressRange.of("2500::/8", "not allocated"),
      AddressRange.of("2700::/8", "not allocated"),
      AddressRange.of("2900::/8", "not allocated"),
      AddressRange.of("2b00::/8", "not allocated"),
      AddressRange.of("2d00::/8", "not allocated"),
      AddressRange.of("2e00::/7", "not allocated"),
      AddressRange.of("3000::/4", "not allocated"));

  /** The only part of IPv6 that holds public hosts. */
  static final AddressRange IPV6_GLOBAL = AddressRange.of("2000::/3", "global unicast, RFC 4291");

  static final AddressRange MAPPED = AddressRange.of("::ffff:0:0/96", "IPv4-mapped, RFC 4291");

  /** The blocks whose last four bytes are an IPv4 address to be judged in their place. */
  static final List<AddressRange> EMBEDDING =
      List.of(MAPPED, AddressRange.of("64:ff9b::/96", "NAT64, RFC 6052"));

  private SpecialRanges() {}
}
