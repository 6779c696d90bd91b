package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final int MAX_HELD = 100;

  private final Ledger ledger = new Ledger(settings());

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
    ledger.startOver(9);
  }

  @Test
  void nothing_is_reserved_without_an_instance_number() {
    ledger.startOver(0);

    assertThat(ledger.reserve(1, UUID.randomUUID(), 10)).isFalse();
    assertThat(ledger.room()).isZero();
  }

  @Test
  void what_is_reserved_takes_room_until_it_is_released() {
    UUID id = UUID.randomUUID();
    assertThat(ledger.reserve(1, id, 2_500)).isTrue();
    assertThat(ledger.room()).isEqualTo(MAX_HELD - 3);

    ledger.release(held(id));

    assertThat(ledger.room()).isEqualTo(MAX_HELD);
  }

  @Test
  void no_more_is_reserved_than_there_is_room_for() {
    int reserved = 0;
    while (ledger.reserve(1, UUID.randomUUID(), 10)) {
      reserved++;
    }

    assertThat(reserved).as("nothing is known of the webhook").isEqualTo(16);
    assertThat(ledger.count()).isEqualTo(16);
    assertThat(ledger.reserve(2, UUID.randomUUID(), 10)).isTrue();
  }

  @Test
  void taking_what_was_reserved_takes_no_more_room() {
    Held held = held(UUID.randomUUID());
    ledger.reserve(1, held.ref().id(), held.bytes());

    ledger.take(held);
    ledger.take(held);

    assertThat(ledger.count()).isEqualTo(1);
    assertThat(ledger.room()).isEqualTo(MAX_HELD - 1);
  }

  @Test
  void releasing_twice_gives_room_once() {
    UUID id = UUID.randomUUID();
    ledger.reserve(1, id, 100);
    ledger.release(held(id));
    ledger.release(held(id));

    assertThat(ledger.count()).isZero();
    assertThat(ledger.room()).isEqualTo(MAX_HELD);
    assertThat(ledger.holds(id)).isFalse();
  }

  @Test
  void a_new_instance_number_forgets_what_was_held_under_the_old_one() {
    UUID id = UUID.randomUUID();
    ledger.reserve(1, id, 100);

    ledger.startOver(10);

    assertThat(ledger.holds(id)).isFalse();
    assertThat(ledger.owner()).isEqualTo(10);
    assertThat(ledger.room()).isEqualTo(MAX_HELD);
  }

  @Test
  void a_delivery_that_is_held_already_cannot_be_reserved_again() {
    UUID id = UUID.randomUUID();
    ledger.reserve(1, id, 100);

    assertThat(ledger.reserve(1, id, 100))
        .as("whoever gives this one up must not let go of the first")
        .isFalse();
    assertThat(ledger.holds(id)).isTrue();
  }

  @Test
  void giving_up_a_reservation_does_not_let_go_of_what_has_been_taken_meanwhile() {
    UUID reserved = UUID.randomUUID();
    Held taken = held(UUID.randomUUID());
    ledger.reserve(1, reserved, 10);
    ledger.reserve(1, taken.ref().id(), 10);
    ledger.take(taken);

    ledger.giveUp(held(reserved));
    ledger.giveUp(taken);

    assertThat(ledger.holds(reserved)).isFalse();
    assertThat(ledger.holds(taken)).isTrue();
  }

  private static Held held(UUID id) {
    ClaimRef claim = new ClaimRef(new DeliveryRef(1, id), 1);
    return new Held(
        9,
        new ClaimedDelivery(
            claim, UUID.randomUUID(), "e", "t", 0, Instant.EPOCH, new byte[10], null));
  }
}
