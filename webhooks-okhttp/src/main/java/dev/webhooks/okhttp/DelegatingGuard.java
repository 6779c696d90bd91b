package dev.webhooks.okhttp;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/** A guard that delegates to the transport's guard, and refuses every target until there is one. */
final class DelegatingGuard implements TargetGuard {
  private volatile TargetGuard guard = new RefuseAll();

  void use(TargetGuard newGuard) {
    guard = newGuard;
  }

  @Override
  public List<InetAddress> resolve(String host, Duration atMost) throws TargetRefusedException {
    return guard.resolve(host, atMost);
  }

  @Override
  public void check(String host, InetAddress address, int port) throws TargetRefusedException {
    guard.check(host, address, port);
  }

  private static final class RefuseAll implements TargetGuard {
    @Override
    public List<InetAddress> resolve(String host, Duration atMost) throws TargetRefusedException {
      throw refusal();
    }

    @Override
    public void check(String host, InetAddress address, int port) throws TargetRefusedException {
      throw refusal();
    }

    private static TargetRefusedException refusal() {
      return new TargetRefusedException(
          DeliveryError.BLOCKED_ADDRESS, "the transport was given no guard");
    }
  }
}
