package dev.webhooks.internal.engine.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.internal.engine.base.DeliverySettings;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OwnedDeliveriesTest {
  private static final int MAX_HELD = 100;

  private final OwnedDeliveries owned = new OwnedDeliveries(settings());

  private static DeliverySettings settings() {
    DeliverySettings defaults = DeliverySettings.DEFAULTS;
    return new DeliverySettings(
        defaults.schedule(),
        defaults.requestTimeout(),
        defaults.expiry(),
        defaults.retention(),
        defaults.maxInFlight(),
        defaults.maxInFlightPerWebhook(),
        MAX_HELD,
        1_000 * MAX_HELD,
        Duration.ZERO);
  }

  @BeforeEach
  void enter() {
    owned.startOver(9);
  }

  @Test
  void nothing_is_reserved_without_an_instance_number() {
    owned.startOver(0);

    assertThat(owned.reserve(1, UUID.randomUUID(), 10)).isFalse();
    assertThat(owned.free()).isZero();
  }

  @Test
  void what_is_reserved_takes_room_until_it_is_released() {
    UUID id = UUID.randomUUID();
    assertThat(owned.reserve(1, id, 2_500)).isTrue();
    assertThat(owned.free()).isEqualTo(MAX_HELD - 3);

    owned.remove(delivery(id));

    assertThat(owned.free()).isEqualTo(MAX_HELD);
  }

  @Test
  void no_more_is_reserved_than_there_is_room_for() {
    int reserved = 0;
    while (owned.reserve(1, UUID.randomUUID(), 10)) {
      reserved++;
    }

    assertThat(reserved).as("nothing is known of the webhook").isEqualTo(16);
    assertThat(owned.count()).isEqualTo(16);
    assertThat(owned.reserve(2, UUID.randomUUID(), 10)).isTrue();
  }

  @Test
  void taking_what_was_reserved_takes_no_more_room() {
    OwnedDelivery delivery = delivery(UUID.randomUUID());
    owned.reserve(1, delivery.ref().id(), delivery.bytes());

    owned.add(delivery);
    owned.add(delivery);

    assertThat(owned.count()).isEqualTo(1);
    assertThat(owned.free()).isEqualTo(MAX_HELD - 1);
  }

  @Test
  void releasing_twice_gives_room_once() {
    UUID id = UUID.randomUUID();
    owned.reserve(1, id, 100);
    owned.remove(delivery(id));
    owned.remove(delivery(id));

    assertThat(owned.count()).isZero();
    assertThat(owned.free()).isEqualTo(MAX_HELD);
    assertThat(owned.contains(id)).isFalse();
  }

  @Test
  void a_new_instance_number_forgets_what_was_held_under_the_old_one() {
    UUID id = UUID.randomUUID();
    owned.reserve(1, id, 100);

    owned.startOver(10);

    assertThat(owned.contains(id)).isFalse();
    assertThat(owned.owner()).isEqualTo(10);
    assertThat(owned.free()).isEqualTo(MAX_HELD);
  }

  @Test
  void a_delivery_that_is_held_already_cannot_be_reserved_again() {
    UUID id = UUID.randomUUID();
    owned.reserve(1, id, 100);

    assertThat(owned.reserve(1, id, 100))
        .as("whoever gives this one up must not let go of the first")
        .isFalse();
    assertThat(owned.contains(id)).isTrue();
  }

  @Test
  void giving_up_a_reservation_does_not_let_go_of_what_has_been_taken_meanwhile() {
    UUID reserved = UUID.randomUUID();
    OwnedDelivery taken = delivery(UUID.randomUUID());
    owned.reserve(1, reserved, 10);
    owned.reserve(1, taken.ref().id(), 10);
    owned.add(taken);

    owned.cancel(delivery(reserved));
    owned.cancel(taken);

    assertThat(owned.contains(reserved)).isFalse();
    assertThat(owned.contains(taken)).isTrue();
  }

  private static OwnedDelivery delivery(UUID id) {
    ClaimRef claim = new ClaimRef(new DeliveryRef(1, id), 1);
    return new OwnedDelivery(
        9,
        new ClaimedDelivery(
            claim, UUID.randomUUID(), "e", "t", 0, Instant.EPOCH, new byte[10], null));
  }
}
