package dev.webhooks.validation;

import java.net.InetAddress;
import java.util.Objects;

/**
 * The hosts and addresses that webhooks may use although they are not public, for tests and for
 * networks of the host's own.
 *
 * <p>An allowed name may be {@code localhost} or have a single label, and may resolve to anything;
 * it allows neither its subdomains nor its addresses under another name. Immutable and thread-safe.
 */
public final class AllowedTargets {
  private static final AllowedTargets NONE = new AllowedTargets(TargetList.EMPTY);

  private final TargetList targets;

  private AllowedTargets(TargetList targets) {
    this.targets = targets;
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
    return new AllowedTargets(TargetList.of("allow", targets));
  }

  /** Returns whether nothing is allowed. */
  public boolean isEmpty() {
    return targets.isEmpty();
  }

  /**
   * Returns whether a host may be used whatever it resolves to.
   *
   * @param host a name in canonical form, or the text of an address
   */
  public boolean allowsHost(String host) {
    Objects.requireNonNull(host, "host");
    return targets.containsHost(host);
  }

  /**
   * Returns whether an address may be used under any name.
   *
   * @param address an address
   */
  public boolean allowsAddress(InetAddress address) {
    Objects.requireNonNull(address, "address");
    return targets.containsAddress(address);
  }

  /** Returns what is allowed as it was given, fit for the log. */
  @Override
  public String toString() {
    return targets.toString();
  }
}
