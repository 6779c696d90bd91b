package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.webhooks.Webhooks;
import dev.webhooks.idempotency.Fingerprint;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.okhttp.OkHttpTransport;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** On H2 a killed process loses nothing that was committed. */
class JdbcH2DurabilityTest {
  private static final int ENOUGH = 400;

  @TempDir
  private Path directory;

  @Test
  void killed_process_loses_nothing_although_the_url_says_nothing_of_it() throws Exception {
    killedProcessLosesNothing("jdbc:h2:file:" + directory.resolve("db"));
  }

  /** After 45 s, usually; that is when H2 2.5.252 begins to lose the last commits. */
  @Test
  void killed_process_loses_nothing_when_space_in_the_file_is_reused() throws Exception {
    killedProcessLosesNothing("jdbc:h2:file:" + directory.resolve("db") + ";RETENTION_TIME=0");
  }

  private void killedProcessLosesNothing(String url) throws Exception {
    Process process = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            // Quick to start rather than fast in the long run.
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath(),
            KilledPublisher.class.getName(),
            url)
        .redirectError(directory.resolve("errors").toFile())
        .start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        acknowledged.add(line);
        if (acknowledged.size() == ENOUGH) {
          process.toHandle().destroyForcibly();
        }
        line = lines.readLine();
      }
    }
    process.waitFor();

    assertThat(acknowledged)
        .as(Files.readString(directory.resolve("errors")))
        .hasSizeGreaterThanOrEqualTo(ENOUGH);
    assertThat(column(url, "select id from webhooks_queue")).containsAll(whole(acknowledged));
    assertThat(column(url, "select id from webhooks_event")).hasSizeGreaterThanOrEqualTo(ENOUGH);
    assertThat(
            column(url, "select id from webhooks_queue where id in (select delivery from orders)"))
        .as("the host's own rows live and die with their events")
        .isEqualTo(column(url, "select delivery from orders"));
  }

  /** The last line may have been cut off by the kill. */
  private static List<String> whole(List<String> lines) {
    return lines.stream().filter(line -> line.length() == 36).toList();
  }

  private static String classPath() throws URISyntaxException {
    Path classes = location(JdbcWebhookStore.class);
    return Stream.of(
            classes,
            classes.resolveSibling("test-classes"),
            location(Fingerprint.class),
            location(JdbcConnectionPool.class),
            location(Logger.class))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  @Test
  void delay_that_another_connection_brings_back_is_undone_with_the_next_beat()
      throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve("db");
    JdbcConnectionPool pool = JdbcConnectionPool.create(url, "sa", "");
    JdbcWebhookStore store = JdbcWebhookStore.on(pool);
    store.open();
    long me = store.instances().register("test");
    assertThat(writeDelay(url)).isEqualTo("0");

    DriverManager.getConnection(url + ";WRITE_DELAY=700", "sa", "").close();
    assertThat(writeDelay(url)).isEqualTo("700");
    store.instances().beat(me);

    assertThat(writeDelay(url)).isEqualTo("0");
    pool.dispose();
  }

  @Test
  void delay_is_undone_again_when_the_database_has_been_closed_and_opened_anew()
      throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve("db");
    for (int opened = 1; opened <= 2; opened++) {
      JdbcConnectionPool pool = JdbcConnectionPool.create(url, "sa", "");
      JdbcWebhookStore.on(pool).open();
      assertThat(delayInForce(pool)).as("opened %s times", opened).isZero();
      pool.dispose();
    }
  }

  /** Asks the engine itself: the view of the settings shows what is stored, too. */
  private static int delayInForce(JdbcConnectionPool pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      SessionLocal session =
          (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
      return session.getDatabase().getWriteDelay();
    }
  }

  @Test
  void user_who_may_not_change_the_delay_is_told_what_to_do() throws SQLException {
    String url = "jdbc:h2:file:" + directory.resolve("db");
    try (Connection admin = DriverManager.getConnection(url, "sa", "");
        Statement statement = admin.createStatement()) {
      statement.execute("create user plain password 'p'");
      JdbcConnectionPool pool = JdbcConnectionPool.create(url, "plain", "p");

      assertThatThrownBy(() -> JdbcWebhookStore.on(pool).open())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("WRITE_DELAY=0");
      pool.dispose();
    }
  }

  @Test
  void embedded_database_keeps_its_rows_and_releases_its_file() throws SQLException, IOException {
    Path file = directory.resolve("sub").resolve("webhooks");
    long webhook;
    try (JdbcWebhookStore store = JdbcWebhookStore.embedded(file)) {
      store.open();
      webhook = Samples.insertWebhook(store);
      Samples.publish(store, Samples.event(webhook));
    }
    try (JdbcWebhookStore store = JdbcWebhookStore.embedded(file)) {
      store.open();
      assertThat(store.queue().depth().pending()).isEqualTo(1);
      assertThat(store.queue().configurations(List.of(webhook))).containsKey(webhook);
    }
    assertThat(directory.resolve("sub").resolve("webhooks.mv.db")).exists();
    assertThatThrownBy(() -> JdbcWebhookStore.embedded(directory.resolve("a;b")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void closed_webhooks_let_the_file_of_an_embedded_database_go() throws IOException {
    Webhooks webhooks = webhooks(JdbcWebhookStore.embedded(directory.resolve("db")));
    webhooks.start();
    assertThat(isLocked()).isTrue();

    webhooks.close();

    assertThat(isLocked()).isFalse();
  }

  @Test
  void closed_webhooks_let_the_file_of_the_host_go() throws IOException {
    JdbcConnectionPool pool =
        JdbcConnectionPool.create("jdbc:h2:file:" + directory.resolve("db"), "sa", "");
    Webhooks webhooks = webhooks(JdbcWebhookStore.on(pool));
    webhooks.start();
    webhooks.close();
    assertThat(pool.getActiveConnections()).isZero();

    pool.dispose();

    assertThat(isLocked()).isFalse();
  }

  private static Webhooks webhooks(JdbcWebhookStore store) {
    return Webhooks.builder()
        .store(store)
        .transport(OkHttpTransport.create())
        .events(EventCatalog.acceptingAny())
        .build();
  }

  private boolean isLocked() throws IOException {
    Path file = directory.resolve("db.mv.db");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (OverlappingFileLockException e) {
      return true;
    }
  }

  private static String writeDelay(String url) throws SQLException {
    String query = "select setting_value from information_schema.settings"
        + " where setting_name = 'WRITE_DELAY'";
    return column(url, query).iterator().next();
  }

  private static Set<String> column(String url, String query) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      Set<String> values = new HashSet<>();
      while (result.next()) {
        values.add(result.getString(1));
      }
      return values;
    }
  }
}
