package dev.webhooks.okhttp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import okhttp3.Dns;

/**
 * The addresses of one attempt: what its host resolved to, all of them checked.
 *
 * <p>They are part of what OkHttp tells its connections apart by. So an attempt uses an open
 * connection only if that was made when its host had these same addresses, and not long ago: one to
 * an address that the host has left is out of reach by itself.
 */
final class CheckedAddresses implements Dns {
  private final String host;
  private final List<InetAddress> inOrder;
  private final Set<InetAddress> addresses;
  private final long generation;
  private final int hash;

  /**
   * Makes the addresses of an attempt.
   *
   * @param host the host as OkHttp has it
   * @param addresses what it resolved to
   * @param generation differs for connections that must not be mixed up
   */
  CheckedAddresses(String host, List<InetAddress> addresses, long generation) {
    this.host = host;
    this.inOrder = addresses;
    this.addresses = Set.copyOf(addresses);
    this.generation = generation;
    // Kept, since a pool compares an attempt with each of its connections.
    this.hash = Objects.hash(host, this.addresses, generation);
  }

  @Override
  public List<InetAddress> lookup(String hostname) throws UnknownHostException {
    if (!hostname.equals(host)) {
      throw new UnknownHostException("not the host of this attempt");
    }
    return inOrder;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof CheckedAddresses that
            && hash == that.hash
            && generation == that.generation
            && host.equals(that.host)
            && addresses.equals(that.addresses));
  }

  @Override
  public int hashCode() {
    return hash;
  }
}
