package dev.webhooks.internal.validation;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up and lets only addresses and ports through that its {@link TargetRules} allow.
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

  private final TargetRules rules;
  private final NameLookups lookups;
  private final PrivateTargetHint hint = new PrivateTargetHint();

  private PublicTargetGuard(Builder builder) {
    rules = builder.rules;
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
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(atMost, "atMost");
    byte @Nullable [] literal = IpText.parse(withoutBrackets(host));
    if (literal != null) {
      InetAddress address = IpText.address(withoutBrackets(host), literal);
      judge(host, address);
      return List.of(address);
    }
    String name = canonical(host);
    if (rules.refusesName(name)) {
      throw blocked("the host's name is refused");
    }
    if (!rules.allowsName(name)) {
      hint.refused(name);
      throw blocked("the host's name is not public");
    }
    return judged(name, lookups.find(name, atMost));
  }

  @Override
  public void check(String host, InetAddress address, int port) throws TargetRefusedException {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(address, "address");
    if (!rules.ports().allows(port)) {
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
    if (rules.refusesAddress(address)) {
      throw blocked("the host's address is refused");
    }
    if (!rules.allowsAddress(withoutBrackets(host), address)) {
      hint.refused(withoutBrackets(host));
      throw blocked("the host's address is not public");
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
    private TargetRules rules = TargetRules.publicOnly();
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

    /** Sets the rules; {@link TargetRules#publicOnly()} unless set. */
    public Builder rules(TargetRules rules) {
      this.rules = rules;
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
