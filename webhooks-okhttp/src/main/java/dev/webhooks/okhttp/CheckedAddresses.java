package dev.webhooks.okhttp;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import okhttp3.Dns;

/**
 * The addresses that the host of one attempt resolved to, all of them checked.
 *
 * <p>OkHttp tells connections apart by them. So an attempt reuses a connection only if the host had
 * these addresses when it was opened, in the same generation.
 */
final class CheckedAddresses implements Dns {
  private final String host;
  private final List<InetAddress> inOrder;
  private final Set<InetAddress> addresses;
  private final long generation;
  private final int hash;

  CheckedAddresses(String host, List<InetAddress> addresses, long generation) {
    this.host = host;
    this.inOrder = addresses;
    this.addresses = Set.copyOf(addresses);
    this.generation = generation;
    // Stored, since a pool compares an attempt with each of its connections.
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
