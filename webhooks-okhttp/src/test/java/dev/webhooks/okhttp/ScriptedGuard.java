package dev.webhooks.okhttp;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** A guard that knows the names a test tells it and allows every address but those it forbids. */
final class ScriptedGuard implements TargetGuard {
  final List<String> resolved = new CopyOnWriteArrayList<>();
  final List<String> checked = new CopyOnWriteArrayList<>();
  final Set<String> forbidden = ConcurrentHashMap.newKeySet();
  private volatile List<String> answers = List.of("127.0.0.1");
  private volatile TargetGuard resolver;

  ScriptedGuard answering(String... addresses) {
    answers = List.of(addresses);
    return this;
  }

  /** Resolves as another guard does; what is dialled is still its own to record. */
  ScriptedGuard answeringLike(TargetGuard other) {
    resolver = other;
    return this;
  }

  @Override
  public List<InetAddress> resolve(String host, Duration atMost) throws TargetRefusedException {
    resolved.add(host);
    TargetGuard other = resolver;
    if (other != null) {
      return other.resolve(host, atMost);
    }
    if (answers.isEmpty()) {
      throw new TargetRefusedException(DeliveryError.DNS, "no such name");
    }
    Stream<InetAddress> addresses = answers.stream().map(answer -> address(host, answer));
    return addresses.toList();
  }

  @Override
  public void check(String host, InetAddress address, int port) throws TargetRefusedException {
    checked.add(host + "/" + address.getHostAddress());
    if (forbidden.contains(address.getHostAddress())) {
      throw new TargetRefusedException(DeliveryError.BLOCKED_ADDRESS, "forbidden");
    }
  }

  private static InetAddress address(String host, String text) {
    try {
      return InetAddress.getByAddress(host, InetAddress.getByName(text).getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
