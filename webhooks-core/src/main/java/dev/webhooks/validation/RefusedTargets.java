package dev.webhooks.validation;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hosts and addresses that webhooks may not use although they are public, such as the host's
 * own. What is refused stays refused if it is {@linkplain AllowedTargets allowed} too.
 *
 * <p>A refused IPv4 address is refused in the forms of IPv6 that embed it as well. A refused name
 * refuses neither its subdomains nor its addresses under another name. Immutable and thread-safe.
 */
public final class RefusedTargets {
  private static final RefusedTargets NONE = new RefusedTargets(TargetList.EMPTY, false);

  private final TargetList targets;
  private final boolean own;

  private RefusedTargets(TargetList targets, boolean own) {
    this.targets = targets;
    this.own = own;
  }

  /** Returns the default, which refuses nothing beyond what is not public. */
  public static RefusedTargets none() {
    return NONE;
  }

  /**
   * Reads what is refused.
   *
   * @param targets names such as {@code api.example.com}, addresses, and ranges such as
   *     {@code 198.18.0.0/15}, or {@code 64:ff9b::/96} to do without NAT64
   * @throws IllegalArgumentException naming every text that is none of these
   */
  public static RefusedTargets of(String... targets) {
    return new RefusedTargets(TargetList.of("refuse", targets), false);
  }

  /**
   * Returns the same list and, beside it, every address that a network interface of this machine
   * has at the moment of asking. An address that is this machine's only to the outside, as behind
   * NAT or a load balancer, is not known here: name it.
   */
  public RefusedTargets andOwnAddresses() {
    return new RefusedTargets(targets, true);
  }

  /**
   * Returns whether a host may not be used whatever it resolves to.
   *
   * @param host a name in canonical form, or the text of an address
   */
  public boolean refusesHost(String host) {
    Objects.requireNonNull(host, "host");
    return targets.containsHost(host);
  }

  /**
   * Returns whether an address may not be used under any name.
   *
   * @param address an address
   */
  public boolean refusesAddress(InetAddress address) {
    Objects.requireNonNull(address, "address");
    byte[] bytes = address.getAddress();
    byte @Nullable [] embedded = PublicAddresses.embedded(bytes);
    return refuses(address)
        || (embedded != null && refuses(IpText.address(IpText.format(embedded), embedded)));
  }

  /** Returns what is refused as it was given, fit for the log. */
  @Override
  public String toString() {
    return targets + (own ? " and this machine's own addresses" : "");
  }

  private boolean refuses(InetAddress address) {
    return targets.containsAddress(address) || (own && isOwn(address));
  }

  private static boolean isOwn(InetAddress address) {
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // Whose it is cannot be told, so do not dial it.
    }
  }
}
