package dev.webhooks.validation;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.spi.transport.TargetGuard;
import dev.webhooks.spi.transport.TargetRefusedException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Lets only public addresses be dialled, and those that the host allowed; none that it refused.
 *
 * <p>It is strict: a name with one address that is not public is refused, whatever its others are.
 * The first target that is refused for not being public is logged at WARN, with how to allow it.
 * Look-ups are bounded in time and in threads; concurrent look-ups of one name share one. Nothing
 * is remembered between look-ups. Thread-safe; blocks only its caller, which may be a virtual
 * thread.
 */
public final class PublicTargetGuard implements TargetGuard, AutoCloseable {
  /** The most addresses of a name that are returned, in the resolver's order. */
  public static final int MAX_ADDRESSES = 8;

  private final AllowedTargets allowed;
  private final RefusedTargets refused;
  private final AllowedPorts ports;
  private final NameLookups lookups;
  private final PrivateTargetHint hint = new PrivateTargetHint();

  private PublicTargetGuard(Builder builder) {
    allowed = builder.allowed;
    refused = builder.refused;
    ports = builder.ports;
    lookups = new NameLookups(builder.resolver, builder.lookupTimeout, builder.lookupThreads);
  }

  /** Returns a guard with the JVM's resolver that allows public addresses only. */
  public static PublicTargetGuard create() {
    return builder().build();
  }

  /** Starts a guard. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public List<InetAddress> resolve(String host, Duration atMost) throws TargetRefusedException {
    byte @Nullable [] literal = IpText.parse(withoutBrackets(host));
    if (literal != null) {
      InetAddress address = IpText.address(withoutBrackets(host), literal);
      judge(host, address);
      return List.of(address);
    }
    String name = canonical(host);
    if (refused.refusesHost(name)) {
      throw blocked("the host's name is refused");
    }
    if (!HostName.isPublic(name) && !allowed.allowsHost(name)) {
      hint.refused(name);
      throw blocked("the host's name is not public");
    }
    return judged(name, lookups.find(name, atMost));
  }

  @Override
  public void check(String host, InetAddress address, int port) throws TargetRefusedException {
    if (!ports.allows(port)) {
      throw blocked("the port is not allowed");
    }
    judge(host, address);
  }

  /** Ends the threads; look-ups from now on fail, and those under way may. */
  @Override
  public void close() {
    lookups.close();
  }

  /** Judges every address, however many there are, and returns the first few. */
  private List<InetAddress> judged(String name, List<InetAddress> found)
      throws TargetRefusedException {
    List<InetAddress> addresses = new ArrayList<>();
    for (InetAddress address : found) {
      judge(name, address);
      if (addresses.size() < MAX_ADDRESSES) {
        addresses.add(IpText.address(name, address.getAddress()));
      }
    }
    return List.copyOf(addresses);
  }

  private void judge(String host, InetAddress address) throws TargetRefusedException {
    if (refused.refusesAddress(address)) {
      throw blocked("the host's address is refused");
    }
    boolean may = PublicAddresses.isPublic(address)
        || allowed.allowsAddress(address)
        || allowsHost(withoutBrackets(host));
    if (!may) {
      hint.refused(withoutBrackets(host));
      throw blocked("the host's address is not public");
    }
  }

  private boolean allowsHost(String host) {
    try {
      return !allowed.isEmpty() && allowed.allowsHost(HostName.canonical(host));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String canonical(String host) throws TargetRefusedException {
    try {
      return HostName.canonical(host);
    } catch (IllegalArgumentException e) {
      throw blocked("the host is malformed");
    }
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static TargetRefusedException blocked(String rule) {
    return new TargetRefusedException(DeliveryError.BLOCKED_ADDRESS, rule);
  }

  /** Collects the options of a guard; not thread-safe. */
  public static final class Builder {
    private static final Duration LONGEST_LOOKUP = Duration.ofDays(1);

    private NameResolver resolver = NameResolver.system();
    private AllowedTargets allowed = AllowedTargets.none();
    private RefusedTargets refused = RefusedTargets.none();
    private AllowedPorts ports = AllowedPorts.all();
    private Duration lookupTimeout = Duration.ofSeconds(5);
    private int lookupThreads = 16;

    private Builder() {}

    /**
     * Sets who looks names up; it is never asked for the text of an address.
     *
     * @param resolver the JVM's resolver unless set
     */
    public Builder resolver(NameResolver resolver) {
      this.resolver = Objects.requireNonNull(resolver, "resolver");
      return this;
    }

    /**
     * Sets what may be dialled although it is not public.
     *
     * @param allowed nothing unless set
     */
    public Builder allowed(AllowedTargets allowed) {
      this.allowed = Objects.requireNonNull(allowed, "allowed");
      return this;
    }

    /**
     * Sets what may not be dialled although it is public, or allowed.
     *
     * @param refused nothing unless set
     */
    public Builder refused(RefusedTargets refused) {
      this.refused = Objects.requireNonNull(refused, "refused");
      return this;
    }

    /**
     * Sets which ports may be dialled.
     *
     * @param ports 1 to 65535 unless set
     */
    public Builder ports(AllowedPorts ports) {
      this.ports = Objects.requireNonNull(ports, "ports");
      return this;
    }

    /**
     * Sets how long a caller waits for a look-up, including the wait for a free thread.
     *
     * @param timeout more than zero and at most a day; 5 s unless set
     */
    public Builder lookupTimeout(Duration timeout) {
      this.lookupTimeout = Objects.requireNonNull(timeout, "timeout");
      return this;
    }

    /**
     * Sets how many look-ups run at once. A quarter of them, at least one, may be for names of one
     * zone, which is roughly what one owner registered.
     *
     * @param threads 1 or more; 16 unless set
     */
    public Builder lookupThreads(int threads) {
      this.lookupThreads = threads;
      return this;
    }

    /**
     * Builds the guard, which owns threads: close it.
     *
     * @throws IllegalArgumentException if an option is out of its range; lists every such option
     */
    public PublicTargetGuard build() {
      List<String> problems = new ArrayList<>();
      if (lookupTimeout.isNegative()
          || lookupTimeout.isZero()
          || lookupTimeout.compareTo(LONGEST_LOOKUP) > 0) {
        problems.add("the time for a look-up must be more than zero and at most a day");
      }
      if (lookupThreads < 1) {
        problems.add("there must be at least one thread for look-ups");
      }
      if (!problems.isEmpty()) {
        throw new IllegalArgumentException(
            "cannot build the guard: " + String.join("; ", problems));
      }
      return new PublicTargetGuard(this);
    }
  }
}
