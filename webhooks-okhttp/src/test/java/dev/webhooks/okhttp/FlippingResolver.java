package dev.webhooks.okhttp;

import dev.webhooks.spi.transport.NameResolver;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A hostile name: it has one address at the first look-up, another at the second, and so on. */
final class FlippingResolver implements NameResolver {
  private final List<String> addresses;
  private final AtomicInteger lookups = new AtomicInteger();

  FlippingResolver(String... addresses) {
    this.addresses = List.of(addresses);
  }

  int lookups() {
    return lookups.get();
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    String address = addresses.get(lookups.getAndIncrement() % addresses.size());
    return List.of(InetAddress.getByName(address));
  }
}
