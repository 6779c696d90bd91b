package dev.webhooks.spi.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Looks host names up. Implementations are thread-safe and may block; the library bounds the time
 * it waits.
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

  /** Returns the JVM's resolver. */
  static NameResolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
