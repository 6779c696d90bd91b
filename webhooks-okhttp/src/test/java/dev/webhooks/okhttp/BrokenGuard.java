package dev.webhooks.okhttp;

import dev.webhooks.validation.TargetGuard;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** A guard with a bug. */
final class BrokenGuard implements TargetGuard {
  static final String SECRET = "canary-k-123";

  @Override
  public List<InetAddress> resolve(String host, Duration atMost) {
    throw new IllegalArgumentException(SECRET);
  }

  @Override
  public void check(String host, InetAddress address, int port) {
    throw new IllegalArgumentException(SECRET);
  }
}
