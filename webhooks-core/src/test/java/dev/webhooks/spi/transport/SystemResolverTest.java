package dev.webhooks.spi.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SystemResolverTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
  private final SystemResolver resolver = new SystemResolver(nanos::get);

  @Test
  void an_answer_is_at_hand_for_a_second() throws Exception {
    assertThat(resolver.known("localhost")).isEmpty();

    List<InetAddress> found = resolver.resolve("localhost");
    assertThat(found).isNotEmpty().allMatch(InetAddress::isLoopbackAddress);
    assertThat(resolver.known("localhost")).isEqualTo(found);
    nanos.addAndGet(SystemResolver.MEMORY.toNanos() - 1);
    assertThat(resolver.known("localhost")).isEqualTo(found);
    nanos.incrementAndGet();
    assertThat(resolver.known("localhost")).isEmpty();
  }

  @Test
  void it_remembers_no_more_than_so_many_names() throws Exception {
    // Texts of addresses need no server to be looked up.
    for (int i = 0; i < SystemResolver.MAX_NAMES; i++) {
      resolver.resolve("10.0." + i / 256 + "." + i % 256);
    }
    assertThat(resolver.known("10.0.0.0")).isNotEmpty();

    resolver.resolve("localhost");
    assertThat(resolver.known("10.0.0.0")).isEmpty();
    assertThat(resolver.known("localhost")).isNotEmpty();
  }

  @Test
  void a_failure_is_not_remembered() {
    // Malformed, so that no server is asked.
    assertThatThrownBy(() -> resolver.resolve("[::1")).isInstanceOf(UnknownHostException.class);
    assertThat(resolver.known("[::1")).isEmpty();
  }
}
