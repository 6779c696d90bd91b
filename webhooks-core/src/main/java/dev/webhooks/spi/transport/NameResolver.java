package dev.webhooks.spi.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Looks host names up. Implementations are thread-safe and may block; the library bounds the time
 * it waits. It asks once per attempt and remembers nothing itself.
 */
@FunctionalInterface
public interface NameResolver {
  /**
   * Returns the addresses of a host.
   *
   * @param host a name, never the text of an address
   * @return at least one address
   * @throws UnknownHostException if the name has no address or cannot be looked up
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /**
   * Returns the addresses of a host if an answer is at hand; never blocks. The library then does
   * without {@link #resolve}, and without the other thread that takes.
   *
   * @param host a name, never the text of an address
   * @return the addresses, or an empty list, which is the default
   */
  default List<InetAddress> known(String host) {
    return List.of();
  }

  /**
   * Returns the JVM's resolver, with what the JVM is configured to remember
   * ({@code networkaddress.cache.ttl}) and at least one second.
   */
  static NameResolver system() {
    return new SystemResolver(System::nanoTime);
  }
}
