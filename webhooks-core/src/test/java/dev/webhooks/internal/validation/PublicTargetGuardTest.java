package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Addresses.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.NameResolver;
import dev.webhooks.testing.Patience;
import dev.webhooks.validation.TargetRefusedException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(Patience.OF_A_TEST)
class PublicTargetGuardTest {
  private static final InetAddress PUBLIC = address("93.184.215.14");

  /** Longer than the guard takes itself. */
  private static final Duration LONG = Duration.ofHours(1);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final ConcurrentLinkedQueue<String> lookedUp = new ConcurrentLinkedQueue<>();

  /** Held shut while look-ups of "slow" names are to hang. */
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void release() throws Exception {
    gate.countDown();
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void a_name_is_resolved_to_addresses_that_carry_it() throws Exception {
    List<InetAddress> addresses = guard(host -> List.of(PUBLIC, address("2606:4700::1")))
        .resolve("Hooks.ACME.example.", LONG);

    assertThat(addresses)
        .extracting(InetAddress::getHostAddress)
        .containsExactly("93.184.215.14", "2606:4700:0:0:0:0:0:1");
    assertThat(addresses).extracting(InetAddress::getHostName).containsOnly("hooks.acme.example");
    assertThat(lookedUp).containsExactly("hooks.acme.example");
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.0.0.1", "::1", "fe80::1", "64:ff9b::7f00:1"})
  void one_address_that_is_not_public_blocks_the_name(String address) {
    PublicTargetGuard guard = guard(host -> List.of(PUBLIC, address(address)));

    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("acme.example", LONG))
        .hasMessageNotContaining(address);
  }

  @Test
  void at_most_eight_addresses_are_returned_and_all_are_judged() throws Exception {
    List<InetAddress> many = new ArrayList<>(IntStream.range(0, 1000)
        .mapToObj(i -> address("93.184." + (215 + i / 256) + "." + i % 256))
        .toList());
    PublicTargetGuard guard = guard(host -> List.copyOf(many));

    assertThat(guard.resolve("acme.example", LONG)).hasSize(8).startsWith(address("93.184.215.0"));
    many.add(address("10.0.0.1"));
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("acme.example", LONG));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "2606:4700::1", "[2606:4700::1]"})
  void a_literal_never_reaches_the_resolver(String host) throws Exception {
    assertThat(guard(name -> List.of(PUBLIC)).resolve(host, LONG)).hasSize(1);
    assertThat(lookedUp).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "::1",
        "[::1]",
        "::ffff:10.0.0.1",
        "0177.0.0.1",
        "0x7f000001",
        "127.1",
        "fe80::1%eth0",
        "[::1",
        "a b",
        "",
        "localhost",
        "a.localhost",
        "x.internal",
        "single"
      })
  void a_host_that_is_not_public_by_its_text_is_blocked_without_a_lookup(String host) {
    PublicTargetGuard guard = guard(name -> List.of(PUBLIC));

    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve(host, LONG));
    assertThat(lookedUp).isEmpty();
  }

  @Test
  void a_name_without_an_address_fails_as_dns() {
    assertRefused(DeliveryError.DNS, () -> guard(host -> List.of()).resolve("acme.example", LONG));
    assertRefused(
        DeliveryError.DNS,
        () -> guard(host -> {
              throw new UnknownHostException(host);
            })
            .resolve("acme.example", LONG));
    assertRefused(DeliveryError.DNS, () -> guard(host -> null).resolve("acme.example", LONG))
        .hasMessageContaining("does not resolve");
    assertRefused(
        DeliveryError.DNS,
        () -> guard(host -> Collections.singletonList(null)).resolve("acme.example", LONG));
    assertRefused(
        DeliveryError.DNS,
        () -> guard(host -> {
              throw new IllegalStateException("broken resolver");
            })
            .resolve("acme.example", LONG));
    assertRefused(
        DeliveryError.DNS,
        () -> guard(host -> {
              throw new StackOverflowError();
            })
            .resolve("acme.example", LONG));
  }

  @Test
  void a_failed_lookup_is_not_remembered() throws Exception {
    List<InetAddress> answer = new ArrayList<>();
    PublicTargetGuard guard = guard(host -> List.copyOf(answer));

    assertRefused(DeliveryError.DNS, () -> guard.resolve("acme.example", LONG));
    answer.add(PUBLIC);
    assertThat(guard.resolve("acme.example", LONG)).containsExactly(PUBLIC);
  }

  @Test
  void what_is_dialled_is_checked_again() throws Exception {
    PublicTargetGuard guard = guard(host -> List.of(PUBLIC));

    guard.check("acme.example", PUBLIC, 443);
    assertRefused(
        DeliveryError.BLOCKED_ADDRESS,
        () -> guard.check("acme.example", address("127.0.0.1"), 443));
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.check("::1", address("::1"), 443));
  }

  @Test
  void what_the_host_allows_is_resolved_and_dialled() throws Exception {
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .resolver(host -> List.of(address("127.0.0.1")))
        .rules(TargetRules.publicOnly().allowing("localhost", "10.0.0.0/8"))
        .build());

    assertThat(guard.resolve("LOCALHOST", LONG)).containsExactly(address("127.0.0.1"));
    guard.check("localhost.", address("192.168.0.1"), 443);
    guard.check("acme.example", address("10.1.2.3"), 443);
    assertThat(guard.resolve("10.1.2.3", LONG)).containsExactly(address("10.1.2.3"));
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("acme.example", LONG));
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("127.0.0.1", LONG));
  }

  @Test
  void what_the_host_refuses_is_blocked_although_it_is_public_or_allowed() throws Exception {
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .resolver(recording(host -> List.of(PUBLIC)))
        .rules(TargetRules.publicOnly()
            .allowing("10.0.0.0/8", "intranet")
            .refusing("10.0.0.1", "api.acme.example", "intranet", "8.8.8.0/24"))
        .build());

    for (String host : List.of("api.acme.example", "API.acme.example.", "intranet", "10.0.0.1")) {
      assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve(host, LONG));
    }
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("8.8.8.8", LONG));
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("[64:ff9b::808:808]", LONG));
    assertRefused(
        DeliveryError.BLOCKED_ADDRESS, () -> guard.check("acme.example", address("8.8.8.8"), 443));
    assertThat(lookedUp).isEmpty();
    assertThat(guard.resolve("10.0.0.2", LONG)).hasSize(1);
    assertThat(guard.resolve("acme.example", LONG)).containsExactly(PUBLIC);
  }

  @Test
  void the_addresses_of_this_machine_can_be_refused_although_they_are_allowed() throws Exception {
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .rules(TargetRules.publicOnly().allowing("127.0.0.1", "10.0.0.0/8").refusingOwnAddresses())
        .build());

    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("127.0.0.1", LONG));
    assertThat(guard.resolve("8.8.8.8", LONG)).hasSize(1);
  }

  @Test
  void a_port_that_is_not_allowed_is_not_dialled() throws Exception {
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .rules(TargetRules.publicOnly().onPorts("443", "8443"))
        .build());

    guard.check("acme.example", PUBLIC, 443);
    guard.check("acme.example", PUBLIC, 8443);
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.check("acme.example", PUBLIC, 25));
  }

  @Test
  void an_answer_at_hand_is_judged_and_takes_no_lookup() throws Exception {
    List<InetAddress> known = new ArrayList<>(List.of(PUBLIC));
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .resolver(new NameResolver() {
          @Override
          public List<InetAddress> resolve(String host) throws UnknownHostException {
            throw new UnknownHostException(host);
          }

          @Override
          public List<InetAddress> known(String host) {
            return known;
          }
        })
        .build());

    assertThat(guard.resolve("acme.example", LONG)).containsExactly(PUBLIC);
    known.add(address("10.0.0.1"));
    assertRefused(DeliveryError.BLOCKED_ADDRESS, () -> guard.resolve("acme.example", LONG));
    known.clear();
    assertRefused(DeliveryError.DNS, () -> guard.resolve("acme.example", LONG));
    known.add(null);
    assertRefused(DeliveryError.DNS, () -> guard.resolve("acme.example", LONG));
  }

  @Test
  void a_lookup_takes_no_longer_than_its_caller_can_wait() {
    PublicTargetGuard guard = hanging(4, Duration.ofHours(1));

    assertRefused(DeliveryError.DNS, () -> guard.resolve("slow.example", Duration.ofMillis(20)))
        .hasMessageContaining("in time");
    assertRefused(DeliveryError.DNS, () -> guard.resolve("slow.example", Duration.ZERO));
  }

  @Test
  void a_lookup_that_hangs_fails_in_time_as_dns() {
    PublicTargetGuard guard = hanging(4, Duration.ofMillis(20));

    assertRefused(DeliveryError.DNS, () -> guard.resolve("slow.example", LONG))
        .hasMessageContaining("in time");
  }

  @Test
  void concurrent_lookups_of_one_name_share_one() throws Exception {
    PublicTargetGuard guard = hanging(16, Patience.LONG);
    ExecutorService callers = callers();
    List<Future<List<InetAddress>>> answers = IntStream.range(0, 20)
        .mapToObj(i -> callers.submit(() -> guard.resolve("slow.example", LONG)))
        .toList();
    awaitLookups(1);
    assertThat(answers).noneMatch(Future::isDone);
    assertThat(lookedUp).hasSize(1);
    gate.countDown();

    for (Future<List<InetAddress>> answer : answers) {
      assertThat(answer.get()).containsExactly(PUBLIC);
    }
  }

  @Test
  void a_second_caller_joins_the_lookup_that_hangs() {
    PublicTargetGuard guard = hanging(16, Duration.ofMillis(20));

    assertRefused(DeliveryError.DNS, () -> guard.resolve("slow.example", LONG));
    assertRefused(DeliveryError.DNS, () -> guard.resolve("slow.example", LONG));
    awaitLookups(1);
    assertThat(lookedUp).hasSize(1);
  }

  @Test
  void a_zone_that_hangs_gets_a_quarter_of_the_threads() {
    PublicTargetGuard guard = hanging(8, Duration.ofMillis(20));

    for (int i = 0; i < 10; i++) {
      String host = "slow" + i + ".zone.example";
      assertRefused(DeliveryError.DNS, () -> guard.resolve(host, LONG));
    }
    awaitLookups(2);
    assertThat(lookedUp).hasSize(2);
  }

  @Test
  void callers_that_wait_for_a_zone_that_hangs_leave_room_for_others() throws Exception {
    PublicTargetGuard guard = hanging(8, Patience.LONG);
    ExecutorService callers = callers();
    List<Future<List<InetAddress>>> waiting = IntStream.range(0, 10)
        .mapToObj(i -> callers.submit(() -> guard.resolve("slow" + i + ".zone.example", LONG)))
        .toList();
    awaitLookups(2);

    assertThat(guard.resolve("acme.example", LONG)).containsExactly(PUBLIC);
    assertThat(waiting).noneMatch(Future::isDone);
    assertThat(lookedUp).hasSize(3);
    gate.countDown();
    for (Future<List<InetAddress>> answer : waiting) {
      assertThat(answer.get()).containsExactly(PUBLIC);
    }
  }

  @Test
  void when_every_thread_hangs_further_lookups_fail_in_time_and_start_none() {
    PublicTargetGuard guard = hanging(4, Duration.ofMillis(20));

    for (int i = 0; i < 10; i++) {
      String host = "slow.zone" + i + ".example";
      assertRefused(DeliveryError.DNS, () -> guard.resolve(host, LONG));
    }
    awaitLookups(4);
    assertThat(lookedUp).hasSize(4);
  }

  @Test
  void a_caller_waits_for_a_thread_rather_than_fail_in_a_burst() throws Exception {
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .resolver(host -> List.of(PUBLIC))
        .lookupThreads(1)
        .lookupTimeout(Patience.LONG)
        .build());
    ExecutorService callers = callers();
    List<Future<List<InetAddress>>> answers = IntStream.range(0, 200)
        .mapToObj(i -> callers.submit(() -> guard.resolve("a.zone" + i + ".example", LONG)))
        .toList();

    for (Future<List<InetAddress>> answer : answers) {
      assertThat(answer.get()).containsExactly(PUBLIC);
    }
  }

  @Test
  void an_interrupted_caller_fails_at_once_and_stays_interrupted() {
    PublicTargetGuard guard = hanging(4, Patience.LONG);

    Thread.currentThread().interrupt();
    assertRefused(DeliveryError.DNS, () -> guard.resolve("slow.example", LONG));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void closing_ends_waiting_and_later_lookups() throws Exception {
    PublicTargetGuard guard = hanging(1, Patience.LONG);
    ExecutorService callers = callers();
    Future<?> underWay = callers.submit(() -> guard.resolve("slow.example", LONG));
    awaitLookups(1);
    Future<?> waiting = callers.submit(() -> guard.resolve("other.example", LONG));

    guard.close();
    assertThatThrownBy(underWay::get).hasCauseInstanceOf(TargetRefusedException.class);
    assertThatThrownBy(waiting::get).hasCauseInstanceOf(TargetRefusedException.class);
    assertRefused(DeliveryError.DNS, () -> guard.resolve("acme.example", LONG));
    guard.close();
  }

  @Test
  void closing_ends_waiting_for_a_resolver_that_is_deaf_to_interrupts() throws Exception {
    CountDownLatch looking = new CountDownLatch(1);
    PublicTargetGuard guard = open(PublicTargetGuard.builder()
        .resolver(host -> {
          looking.countDown();
          while (gate.getCount() > 0) {
            Thread.onSpinWait();
          }
          return List.of(PUBLIC);
        })
        .lookupTimeout(Duration.ofHours(1))
        .build());
    Future<?> underWay = callers().submit(() -> guard.resolve("slow.example", LONG));
    looking.await();

    guard.close();
    assertThatThrownBy(underWay::get).hasCauseInstanceOf(TargetRefusedException.class);
  }

  @Test
  void every_problem_of_a_guard_is_reported_at_once() {
    assertThatThrownBy(() -> PublicTargetGuard.builder()
            .lookupTimeout(Duration.ZERO)
            .lookupThreads(0)
            .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("more than zero", "at least one thread");
  }

  private PublicTargetGuard guard(NameResolver answers) {
    return open(PublicTargetGuard.builder().resolver(recording(answers)).build());
  }

  /** Returns a guard whose look-ups of names that begin with "slow" hang until the gate opens. */
  private PublicTargetGuard hanging(int threads, Duration timeout) {
    NameResolver resolver = recording(host -> {
      if (host.startsWith("slow")) {
        awaitGate();
      }
      return List.of(PUBLIC);
    });
    return open(PublicTargetGuard.builder()
        .resolver(resolver)
        .lookupThreads(threads)
        .lookupTimeout(timeout)
        .build());
  }

  private NameResolver recording(NameResolver resolver) {
    return host -> {
      lookedUp.add(host);
      return resolver.resolve(host);
    };
  }

  private void awaitGate() throws UnknownHostException {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new UnknownHostException("interrupted");
    }
  }

  private void awaitLookups(int count) {
    while (lookedUp.size() < count) {
      Thread.onSpinWait();
    }
  }

  private ExecutorService callers() {
    ExecutorService callers = Executors.newCachedThreadPool();
    opened.add(callers::shutdownNow);
    return callers;
  }

  private PublicTargetGuard open(PublicTargetGuard guard) {
    opened.add(guard);
    return guard;
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      DeliveryError error, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TargetRefusedException.class, e -> assertThat(e.error()).isEqualTo(error));
  }
}
