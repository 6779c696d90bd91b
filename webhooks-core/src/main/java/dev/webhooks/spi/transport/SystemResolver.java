package dev.webhooks.spi.transport;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The JVM's resolver. It has a memory of its own but does not tell whether an answer is in it; so
 * that a busy endpoint need not wait for another thread on every attempt, answers are kept here for
 * a second more.
 */
final class SystemResolver implements NameResolver {
  static final Duration MEMORY = Duration.ofSeconds(1);
  static final int MAX_NAMES = 10_000;

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final LongSupplier nanos;

  SystemResolver(LongSupplier nanos) {
    this.nanos = nanos;
  }

  @Override
  public List<InetAddress> resolve(String host) throws UnknownHostException {
    List<InetAddress> addresses = List.of(InetAddress.getAllByName(host));
    if (answers.size() >= MAX_NAMES) {
      answers.clear(); // Costs each name one look-up, and needs no order of age.
    }
    answers.put(host, new Answer(addresses, nanos.getAsLong()));
    return addresses;
  }

  @Override
  public List<InetAddress> known(String host) {
    @Nullable Answer answer = answers.get(host);
    return answer == null || nanos.getAsLong() - answer.at() >= MEMORY.toNanos()
        ? List.of()
        : answer.addresses();
  }

  private record Answer(List<InetAddress> addresses, long at) {}
}
