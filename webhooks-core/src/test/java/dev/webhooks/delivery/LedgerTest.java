package dev.webhooks.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.Holding;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger(4, 1_000, 3);

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
  void room_is_bounded_in_number_for_all_and_for_one_webhook() {
    for (int i = 0; i < 3; i++) {
      assertThat(ledger.reserve(1, UUID.randomUUID(), 10)).isTrue();
    }

    assertThat(ledger.reserve(1, UUID.randomUUID(), 10)).isFalse();
    assertThat(ledger.reserve(2, UUID.randomUUID(), 10)).isTrue();
    assertThat(ledger.reserve(3, UUID.randomUUID(), 10)).isFalse();
  }

  @Test
  void room_is_bounded_in_bytes_but_one_delivery_of_any_size_fits_into_an_empty_ledger() {
    UUID large = UUID.randomUUID();

    assertThat(ledger.reserve(1, large, 5_000)).isTrue();
    assertThat(ledger.reserve(2, UUID.randomUUID(), 1)).isFalse();
    ledger.release(held(large));
    assertThat(ledger.reserve(2, UUID.randomUUID(), 600)).isTrue();
    assertThat(ledger.reserve(2, UUID.randomUUID(), 600)).isFalse();
    assertThat(ledger.roomInBytes()).isEqualTo(400);
  }

  @Test
  void releasing_twice_gives_room_once() {
    UUID id = UUID.randomUUID();
    ledger.reserve(1, id, 100);
    ledger.release(held(id));
    ledger.release(held(id));

    assertThat(ledger.count()).isZero();
    assertThat(ledger.roomInBytes()).isEqualTo(1_000);
    assertThat(ledger.holds(id)).isFalse();
  }

  @Test
  void a_new_instance_number_forgets_what_was_held_under_the_old_one() {
    UUID id = UUID.randomUUID();
    ledger.reserve(1, id, 100);

    ledger.startOver(10);

    assertThat(ledger.holds(id)).isFalse();
    assertThat(ledger.owner()).isEqualTo(10);
    assertThat(ledger.roomInBytes()).isEqualTo(1_000);
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
    Holding holding = new Holding(new DeliveryRef(1, id), 1);
    return new Held(
        9,
        new ClaimedDelivery(holding, UUID.randomUUID(), "e", "t", 0, Instant.EPOCH, new byte[10]));
  }
}
