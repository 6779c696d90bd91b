package dev.webhooks.testing;

import static dev.webhooks.testing.StoreSamples.NOW;
import static dev.webhooks.testing.StoreSamples.givenUp;
import static dev.webhooks.testing.StoreSamples.later;
import static dev.webhooks.testing.StoreSamples.request;
import static dev.webhooks.testing.StoreSamples.retried;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.HealthRegister.ProbeRequest;
import dev.webhooks.spi.store.NewEvent;
import dev.webhooks.spi.store.StoreSession.NewRetry;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The context in which an event was published comes back with each of its attempts. */
public abstract class TraceContextContract extends StoreContract {
  private static final String CONTEXT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  private long me;
  private WebhookConfiguration hook;

  /**
   * For stores to extend.
   *
   * @param fixtures opens a store on empty tables
   */
  protected TraceContextContract(Supplier<? extends StoreFixture> fixtures) {
    super(fixtures);
  }

  @BeforeEach
  final void prepare() {
    me = instance();
    hook = samples().active();
  }

  @Test
  void context_comes_with_the_first_attempt_and_with_a_repeated_one() {
    samples().publish(samples().event().traceContext(CONTEXT).to(hook).build());

    ClaimedDelivery first = claimOne(me);
    queue().finish(me, List.of(retried(first.claim(), 1, NOW, later(300))), NOW);
    List<ClaimedDelivery> second = samples().claim(me, later(300));

    assertThat(first.traceContext()).isEqualTo(CONTEXT);
    assertThat(second)
        .singleElement()
        .satisfies(again -> assertThat(again.attempts()).isEqualTo(1))
        .satisfies(again -> assertThat(again.traceContext()).isEqualTo(CONTEXT));
  }

  @Test
  void context_comes_with_a_manual_retry() {
    samples().publish(samples().event().traceContext(CONTEXT).to(hook).build());
    ClaimedDelivery failed = claimOne(me);
    queue().finish(me, List.of(givenUp(failed.claim(), 1, NOW)), NOW);
    NewRetry retry = new NewRetry(failed.claim().ref().id(), samples().id(NOW));

    Set<UUID> stored =
        read(session -> session.retry(hook.number(), List.of(retry), NOW, later(86_400)));

    assertThat(stored).hasSize(1);
    assertThat(claimOne(me).traceContext()).isEqualTo(CONTEXT);
  }

  @Test
  void context_comes_with_what_a_dead_instance_held() {
    samples()
        .publish(samples().event().traceContext(CONTEXT).ownedBy(me).to(hook).build());
    long heir = otherStore().instances().register("heir");
    instances().declareDead(me, instances().beat(me).beats().get(me));

    List<ClaimedDelivery> taken = otherStore().queue().claim(request(heir, 10, 10, NOW));

    assertThat(taken).extracting(ClaimedDelivery::traceContext).containsExactly(CONTEXT);
  }

  @Test
  void context_comes_with_a_probe() {
    samples().publish(samples().event().traceContext(CONTEXT).to(hook).build());
    EndpointHealth held = new EndpointHealth(3, NOW, later(20), later(30), 1, false);
    store().health().change(List.of(hook.number()), (webhook, known) -> held);

    List<ClaimedDelivery> probes =
        store().health().probe(new ProbeRequest(me, later(30), later(70), 10));

    assertThat(probes).extracting(ClaimedDelivery::traceContext).containsExactly(CONTEXT);
  }

  @Test
  void event_published_again_keeps_its_first_context() {
    NewEvent first =
        samples().event().givenId("order-1").traceContext(CONTEXT).to(hook).build();
    NewEvent again =
        samples().event().givenId("order-1").traceContext("another").to(hook).build();
    samples().publish(first);

    assertThat(samples().publish(again)).singleElement().satisfies(receipt -> {
      assertThat(receipt.stored()).isFalse();
      assertThat(receipt.fingerprint()).isEqualTo(again.fingerprint());
    });
    assertThat(claimOne(me).traceContext()).isEqualTo(CONTEXT);
  }

  @Test
  void events_of_one_batch_have_each_its_own_context_or_none() {
    String longest = "ü😀".repeat(Tracing.MAX_LENGTH).substring(0, Tracing.MAX_LENGTH - 1) + " ";
    List<NewEvent> events = List.of(
        samples().event().traceContext(longest).to(hook).build(),
        samples().event().to(hook).build(),
        samples().event().traceContext("{\"b3\": 'x\\'}").to(hook).build());
    write(session -> session.insertEvents(events));

    Map<UUID, Optional<String>> contexts = new HashMap<>();
    samples()
        .claim(me)
        .forEach(d -> contexts.put(d.event(), Optional.ofNullable(d.traceContext())));

    assertThat(contexts)
        .hasSize(3)
        .containsEntry(events.get(0).id(), Optional.of(longest))
        .containsEntry(events.get(1).id(), Optional.empty())
        .containsEntry(events.get(2).id(), Optional.of("{\"b3\": 'x\\'}"));
  }

  private ClaimedDelivery claimOne(long owner) {
    List<ClaimedDelivery> claimed = samples().claim(owner);
    assertThat(claimed).hasSize(1);
    return claimed.get(0);
  }
}
