package dev.webhooks.internal.validation;

import static dev.webhooks.internal.validation.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.validation.EventPolicy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventPolicyTest {
  private static final String BUILT_IN = "\"dataset.created\", \"dataset.task.started\","
      + " \"dataset.task.completed\", \"dataset.task.failed\", \"dataset.updated\","
      + " \"datasource.uploaded\", \"datasource.processed\"";

  private final EventPolicy policy = new CatalogEventPolicy(EventCatalog.builtIn());

  @Test
  void events_of_the_catalogue_and_wildcards_can_be_subscribed_to() {
    List<String> events =
        List.of("dataset.created", "dataset.task.*", "dataset.*", "*", "webhook.test");

    assertThat(policy.subscriptions(events)).isEqualTo(events);
  }

  @Test
  void duplicates_collapse_to_their_first_occurrence() {
    assertThat(policy.subscriptions(
            List.of("dataset.updated", "dataset.*", "dataset.updated", "dataset.*")))
        .containsExactly("dataset.updated", "dataset.*");
  }

  @Test
  void at_least_one_event_is_wanted() {
    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.subscriptions(List.of()))
        .hasMessage("events must name at least one event");
  }

  @Test
  void unknown_events_are_all_named() {
    assertRefused(
            ErrorCode.INVALID_EVENTS,
            () -> policy.subscriptions(List.of("dataset.created", "no.such", "other.*")))
        .hasMessage("events names what is not in the catalogue: \"no.such\", \"other.*\"; it has "
            + BUILT_IN);
  }

  @Test
  void hostile_names_are_cut_cleaned_and_counted_in_the_message() {
    List<String> hostile =
        Arrays.asList("x\r\ny\u202e", "n".repeat(5000), "", null, "a\"b", "c", "d");

    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.subscriptions(hostile))
        .hasMessage("events names what is not in the catalogue: \"x??y?\", \"" + "n".repeat(64)
            + "...\", \"\", \"null\", \"a?b\" and 2 more; it has " + BUILT_IN);
  }

  @Test
  void at_most_100_different_events_are_taken() {
    EventPolicy any = new CatalogEventPolicy(EventCatalog.acceptingAny());
    List<String> many = IntStream.range(0, 100).mapToObj(i -> "event" + i).toList();
    List<String> tooMany = IntStream.range(0, 101).mapToObj(i -> "event" + i).toList();

    assertThat(any.subscriptions(many)).hasSize(100);
    assertRefused(ErrorCode.INVALID_EVENTS, () -> any.subscriptions(tooMany))
        .hasMessageContaining("at most 100");
  }

  @Test
  void only_events_of_the_catalogue_can_be_published() {
    assertThat(policy.publishable("dataset.created").requiredFields()).contains("datasetId");
    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.publishable("no.such"))
        .hasMessage("event \"no.such\" is not in the catalogue; it has " + BUILT_IN);
    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.publishable("dataset.*"))
        .hasMessage("event \"dataset.*\" is a pattern and no event type of the catalogue; it has "
            + BUILT_IN);
    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.publishable("webhook.test"))
        .hasMessageContaining("cannot be published");
  }

  @Test
  void lists_are_filtered_by_events_of_the_catalogue() {
    assertThat(policy.known("webhook.test").name()).isEqualTo("webhook.test");
    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.known("dataset.*"))
        .hasMessageContaining("is a pattern");
    assertRefused(ErrorCode.INVALID_EVENTS, () -> policy.known("no.such"))
        .hasMessage("event \"no.such\" is not in the catalogue; it has " + BUILT_IN);
  }

  @Test
  void ten_types_of_the_catalogue_are_listed_in_its_order_and_the_others_counted() {
    EventCatalog.Builder eleven = EventCatalog.builder();
    for (int i = 11; i >= 1; i--) {
      eleven.event("shop.e" + i, "It happened");
    }
    String ten = "\"shop.e11\", \"shop.e10\", \"shop.e9\", \"shop.e8\", \"shop.e7\", \"shop.e6\","
        + " \"shop.e5\", \"shop.e4\", \"shop.e3\", \"shop.e2\"";

    assertRefused(
            ErrorCode.INVALID_EVENTS,
            () -> new CatalogEventPolicy(eleven.build()).publishable("shop.e"))
        .hasMessage("event \"shop.e\" is not in the catalogue; it has " + ten + " and 1 more");
    assertRefused(
            ErrorCode.INVALID_EVENTS,
            () -> new CatalogEventPolicy(eleven.build()).subscriptions(List.of("order.*")))
        .hasMessage("events names what is not in the catalogue: \"order.*\"; it has " + ten
            + " and 1 more");
  }

  @Test
  void a_malformed_name_is_told_the_form_if_every_name_is_taken() {
    assertRefused(
            ErrorCode.INVALID_EVENTS,
            () -> new CatalogEventPolicy(EventCatalog.acceptingAny()).known("made..up"))
        .hasMessage("event \"made..up\" is not in the catalogue, which takes every name of at most"
            + " 128 characters that is made of parts of A-Z a-z 0-9 _ - separated by single dots");
  }
}
