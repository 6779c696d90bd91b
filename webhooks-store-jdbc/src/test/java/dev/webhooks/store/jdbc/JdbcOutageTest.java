package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.spi.store.NewEvent;
import java.io.IOException;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reports of a database that goes away at the worst moments, over a real network. */
class JdbcOutageTest {
  @AutoClose
  private CuttingProxy proxy;

  private DataSource database;
  private JdbcWebhookStore store;
  private long webhook;

  private void open(String product) throws IOException {
    boolean mariaDb = product.equals("mariadb");
    proxy = new CuttingProxy(mariaDb ? TestMariaDb.port() : TestPostgres.port());
    String url = mariaDb
        ? TestMariaDb.url(proxy.port(), TestMariaDb.database())
        : TestPostgres.url(proxy.port(), TestPostgres.schema());
    database = Wrapped.dataSource(() -> DriverManager.getConnection(url), connection -> connection);
    store = JdbcWebhookStore.on(database);
    store.open();
    webhook = Samples.insertWebhook(store);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void commit_whose_answer_is_lost_has_an_unknown_outcome(String product) throws IOException {
    open(product);
    NewEvent event = Samples.event(webhook);
    proxy.cutAnswerTo("COMMIT");

    assertThatThrownBy(() -> Samples.publish(store, event))
        .asInstanceOf(type(StoreUnavailableException.class))
        .extracting(StoreUnavailableException::outcomeUnknown)
        .isEqualTo(true);

    assertThat(store.queue().depth().pending()).as("it was stored").isEqualTo(1);
    boolean storedAgain =
        store.transact(session -> session.insertEvents(List.of(event)).get(0).stored());
    assertThat(storedAgain).as("trying again stores nothing twice").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void connection_lost_before_the_commit_is_replaced_once_the_work_can_be_done_again(String product)
      throws IOException {
    open(product);
    proxy.cutAnswerTo("webhooks_event");

    Samples.publish(store, Samples.event(webhook));

    assertThat(proxy.cuts()).isEqualTo(1);
    assertThat(store.queue().depth().pending()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void connections_lost_again_and_again_leave_nothing_stored(String product) throws IOException {
    open(product);
    proxy.cutEveryAnswerTo("webhooks_event");

    assertThatThrownBy(() -> Samples.publish(store, Samples.event(webhook)))
        .asInstanceOf(type(StoreUnavailableException.class))
        .extracting(StoreUnavailableException::outcomeUnknown)
        .isEqualTo(false);

    proxy.cutEveryAnswerTo(null);
    assertThat(store.queue().depth().pending()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void database_that_stays_silent_is_given_up(String product) throws IOException {
    open(product);
    JdbcWebhookStore impatient = JdbcWebhookStore.builder(database)
        .statementTimeout(Duration.ofSeconds(2))
        .build();
    impatient.open();
    proxy.swallowAnswersTo("webhooks_queue");
    long started = System.nanoTime();

    assertThatThrownBy(() -> impatient.queue().depth())
        .asInstanceOf(type(StoreUnavailableException.class))
        .extracting(StoreUnavailableException::outcomeUnknown)
        .isEqualTo(false);

    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql", "mariadb"})
  void database_that_cannot_be_reached_stores_nothing(String product) throws IOException {
    open(product);
    proxy.close();

    assertThatThrownBy(() -> Samples.publish(store, Samples.event(webhook)))
        .asInstanceOf(type(StoreUnavailableException.class))
        .extracting(StoreUnavailableException::outcomeUnknown)
        .isEqualTo(false);
    assertThatThrownBy(() -> store.instances().beat(1))
        .isInstanceOf(StoreUnavailableException.class);
  }
}
