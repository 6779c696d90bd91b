package dev.webhooks.internal.validation;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules for names, addresses and ports that requests may go to: what is public or allowed, and
 * not refused. Immutable and thread-safe.
 *
 * <p>A listed name stands neither for its subdomains nor for its addresses under another name. An
 * allowed name may resolve to anything that is not refused. A refused IPv4 address is also refused
 * in the forms of IPv6 that embed it.
 */
public final class TargetRules {
  private static final TargetRules PUBLIC_ONLY =
      new TargetRules(TargetList.EMPTY, TargetList.EMPTY, false, AllowedPorts.all());

  private final TargetList allowed;
  private final TargetList refused;
  private final boolean refusingOwn;
  private final AllowedPorts ports;

  private TargetRules(
      TargetList allowed, TargetList refused, boolean refusingOwn, AllowedPorts ports) {
    this.allowed = allowed;
    this.refused = refused;
    this.refusingOwn = refusingOwn;
    this.ports = ports;
  }

  /** Returns the rules that let everything public through, on every port. */
  public static TargetRules publicOnly() {
    return PUBLIC_ONLY;
  }

  /**
   * Returns rules that allow these targets instead of those allowed before.
   *
   * @param targets names such as {@code localhost}, addresses, and ranges such as {@code fd00::/8}
   * @throws IllegalArgumentException naming every text that is none of these
   */
  public TargetRules allowing(String... targets) {
    return new TargetRules(TargetList.of("allow", targets), refused, refusingOwn, ports);
  }

  /**
   * Returns rules that refuse these targets instead of those refused before.
   *
   * @param targets names, addresses and ranges, as for {@link #allowing}
   * @throws IllegalArgumentException naming every text that is none of these
   */
  public TargetRules refusing(String... targets) {
    return new TargetRules(allowed, TargetList.of("refuse", targets), refusingOwn, ports);
  }

  /** Returns rules that also refuse every address that an interface of this machine has by then. */
  public TargetRules refusingOwnAddresses() {
    return new TargetRules(allowed, refused, true, ports);
  }

  /**
   * Returns rules with these ports only; see {@link AllowedPorts#of}.
   *
   * @throws IllegalArgumentException naming every text that is no port or range
   */
  public TargetRules onPorts(String... ports) {
    return new TargetRules(allowed, refused, refusingOwn, AllowedPorts.of(ports));
  }

  /** Returns what is allowed although it may not be public, as it was given. */
  public List<String> allowed() {
    return allowed.texts();
  }

  AllowedPorts ports() {
    return ports;
  }

  boolean refusesName(String name) {
    return refused.containsHost(name);
  }

  /** Returns whether a canonical name is public by its look, or allowed. */
  boolean allowsName(String name) {
    return HostName.isPublic(name) || allowed.containsHost(name);
  }

  boolean refusesAddress(InetAddress address) {
    byte @Nullable [] embedded = PublicAddresses.embedded(address.getAddress());
    return refuses(address)
        || (embedded != null && refuses(IpText.address(IpText.format(embedded), embedded)));
  }

  /** Returns whether an address is public, or allowed by itself or under the host's name. */
  boolean allowsAddress(String host, InetAddress address) {
    return PublicAddresses.isPublic(address)
        || allowed.containsAddress(address)
        || isAllowedName(host);
  }

  private boolean isAllowedName(String host) {
    try {
      return !allowed.isEmpty() && allowed.containsHost(HostName.canonical(host));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private boolean refuses(InetAddress address) {
    return refused.containsAddress(address) || (refusingOwn && isOwn(address));
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // Its owner is unknown, so do not dial it.
    }
  }
}
