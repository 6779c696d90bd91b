package dev.webhooks.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventCatalogTest {
  private final EventCatalog shop = EventCatalog.builder()
      .event("order.paid", "An order was paid", "orderId", "amount")
      .event("order.item.lost", "An item was lost")
      .build();

  @Test
  void the_built_in_catalogue_has_the_eight_events_with_their_fields() {
    assertThat(EventCatalog.builtIn().types())
        .extracting(EventType::name)
        .containsExactly(
            "dataset.created",
            "dataset.task.started",
            "dataset.task.completed",
            "dataset.task.failed",
            "dataset.updated",
            "datasource.uploaded",
            "datasource.processed",
            "webhook.test");
    assertThat(fields("dataset.created")).containsExactly("datasetId", "name", "type");
    assertThat(fields("dataset.task.started")).containsExactly("taskId", "type", "datasetId");
    assertThat(fields("dataset.task.completed")).containsExactly("taskId", "results", "duration");
    assertThat(fields("dataset.task.failed")).containsExactly("taskId", "error", "details");
    assertThat(fields("dataset.updated")).containsExactly("datasetId", "changes");
    assertThat(fields("datasource.uploaded")).containsExactly("datasourceId", "fileName");
    assertThat(fields("datasource.processed")).containsExactly("datasourceId", "status");
    assertThat(fields("webhook.test")).containsExactly("testPayload");
    assertThat(EventCatalog.builtIn().types())
        .noneMatch(type -> type.description().isBlank());
  }

  @Test
  void every_catalogue_has_the_test_event_and_does_not_let_it_be_published() {
    assertThat(shop.find("webhook.test")).isPresent();
    assertThat(shop.isSubscribable("webhook.test")).isTrue();
    assertThat(shop.isSubscribable("webhook.*")).isTrue();
    assertThat(shop.isPublishable("webhook.test")).isFalse();
    assertThat(EventCatalog.acceptingAny().isPublishable("webhook.test")).isFalse();
  }

  @Test
  void a_wildcard_is_valid_if_a_type_has_its_prefix() {
    assertThat(shop.isSubscribable("*")).isTrue();
    assertThat(shop.isSubscribable("order.*")).isTrue();
    assertThat(shop.isSubscribable("order.item.*")).isTrue();
    assertThat(shop.isSubscribable("order.paid.*")).isFalse();
    assertThat(shop.isSubscribable("ord.*")).isFalse();
    assertThat(shop.isSubscribable(".*")).isFalse();
    assertThat(shop.isSubscribable("*.*")).isFalse();
    assertThat(shop.isSubscribable("order.**")).isFalse();
    assertThat(shop.isSubscribable("")).isFalse();
  }

  @Test
  void accepting_any_takes_every_well_formed_name_and_wildcard() {
    EventCatalog any = EventCatalog.acceptingAny();

    assertThat(any.find("made.up"))
        .hasValueSatisfying(type -> assertThat(type.requiredFields()).isEmpty());
    assertThat(any.isPublishable("made.up")).isTrue();
    assertThat(any.isSubscribable("made.*")).isTrue();
    assertThat(any.acceptsAny()).isTrue();
    assertThat(any.types()).extracting(EventType::name).containsExactly("webhook.test");
    assertThat(any.find("dataset.updated").orElseThrow().requiredFields()).isEmpty();
    assertThat(any.toBuilder().build().isPublishable("made.up")).isTrue();
    assertThat(any.isPublishable("made..up")).isFalse();
    assertThat(any.isSubscribable("*.up")).isFalse();
    assertThat(any.isSubscribable("made..*")).isFalse();
    assertThat(any.isSubscribable(".*")).isFalse();
    assertThat(EventCatalog.builtIn().isPublishable("made.up")).isFalse();
    assertThat(EventCatalog.builtIn().acceptsAny()).isFalse();
  }

  @Test
  void a_catalogue_can_be_extended_and_combined() {
    EventCatalog extended = EventCatalog.builtIn().toBuilder()
        .event("order.paid", "An order was paid")
        .build();
    EventCatalog combined =
        EventCatalog.builder().include(EventCatalog.builtIn()).include(shop).build();

    assertThat(extended.types()).hasSize(9);
    assertThat(combined.types())
        .hasSize(10)
        .last()
        .extracting(EventType::name)
        .isEqualTo("webhook.test");
    assertThat(shop.toBuilder().include(shop).build().types()).hasSize(3);
    assertThat(EventCatalog.acceptingAny().toBuilder().event("x", "x").build().find("any"))
        .isPresent();
  }

  @Test
  void every_problem_is_reported_at_once() {
    EventCatalog.Builder builder = EventCatalog.builder()
        .event("bad..name", "x")
        .event("order.*", "x")
        .event("webhook.test", "x")
        .event("twice", "one thing")
        .event("twice", "another thing")
        .event("fields", "x", "id", "id", " ", "half\ud800")
        .event("described", "half\udc00");

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "\"bad..name\"",
            "\"order.*\"",
            "\"webhook.test\" is part of every catalogue",
            "\"twice\" is defined twice",
            "\"fields\" requires field \"id\" twice",
            "\"described\" has half a surrogate pair in its description",
            "\"fields\" requires a field with half a surrogate pair in its name",
            "\"fields\" requires a field without a name");
  }

  @Test
  void a_catalogue_without_events_is_refused() {
    assertThatThrownBy(() -> EventCatalog.builder().build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no event");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b", "A-1_2.b.c", "9"})
  void a_well_formed_name_is_taken(String name) {
    assertThat(EventCatalog.isWellFormed(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "a.", ".a", "a..b", "a b", "*", "a.*", "é", "a\n", "a/b"})
  void a_malformed_name_is_refused(String name) {
    assertThat(EventCatalog.isWellFormed(name)).isFalse();
  }

  @Test
  void a_name_has_at_most_128_characters() {
    assertThat(EventCatalog.isWellFormed("a".repeat(128))).isTrue();
    assertThat(EventCatalog.isWellFormed("a".repeat(129))).isFalse();
  }

  private static Iterable<String> fields(String name) {
    return EventCatalog.builtIn().find(name).orElseThrow().requiredFields();
  }
}
