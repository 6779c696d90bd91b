package dev.webhooks.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.testing.Patience;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.ServerSocket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The first line of what a host gets says why its store does not open: through a pool and without,
 * on every database, and never with a password.
 */
class JdbcOpeningFaultsTest {
  private static final String PASSWORD = "hunter2hunter2";

  /** Each with what its first line must say. */
  static Stream<Arguments> wrongUrls() throws IOException {
    String postgres = "jdbc:postgresql://localhost:" + TestPostgres.port();
    String mariaDb = "jdbc:mariadb://localhost:" + TestMariaDb.port();
    String nobody = "localhost:" + freePort() + "/shop";
    String secret = "user=shop&password=" + PASSWORD;
    return Stream.of(
        Arguments.of("jdbc:nonsense://db/shop?" + secret, "no JDBC driver for jdbc:nonsense"),
        Arguments.of(
            "jdbc:postgresql://db.invalid/shop?" + secret, "the host db.invalid is not known"),
        Arguments.of(
            "jdbc:mariadb://db.invalid/shop?" + secret, "the host db.invalid is not known"),
        Arguments.of("jdbc:postgresql://" + nobody + "?" + secret, "refused"),
        Arguments.of("jdbc:mariadb://" + nobody + "?" + secret, "refused"),
        Arguments.of(postgres + "/missing?user=postgres", "database \"missing\" does not exist"),
        Arguments.of(mariaDb + "/missing?user=root", "Unknown database 'missing'"),
        Arguments.of(postgres + "/postgres?" + secret, "role \"shop\" does not exist"),
        Arguments.of("jdbc:h2:mem:shop;IFEXISTS=TRUE;USER=sa", "\"mem:shop\" not found"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @ParameterizedTest
  @MethodSource("wrongUrls")
  void cause_is_in_the_first_line(String url, String cause) {
    DataSource plain = Wrapped.dataSource(() -> DriverManager.getConnection(url), same -> same);

    assertFirstLine(catchThrowable(JdbcWebhookStore.on(plain)::open), cause);
    assertFirstLine(catchThrowable(JdbcWebhookStore.on(plain)::migrate), cause);
    assertFirstLine(catchThrowable(JdbcWebhookStore.on(plain)::validate), cause);
  }

  @ParameterizedTest
  @MethodSource("wrongUrls")
  void cause_is_in_the_first_line_behind_a_pool(String url, String cause) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(url);
    pool.setConnectionTimeout(1_000);

    assertFirstLine(catchThrowable(JdbcWebhookStore.on(pool)::open), cause);
    pool.close();
  }

  /** Such a pool starts without a database, and says itself only that it timed out. */
  @Test
  void cause_is_in_the_first_line_behind_a_pool_that_tries_again() {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl("jdbc:postgresql://localhost:" + TestPostgres.port() + "/missing");
    config.setUsername("postgres");
    config.setPassword(PASSWORD);
    config.setInitializationFailTimeout(-1);
    config.setConnectionTimeout(1_000);
    try (HikariDataSource pool = new HikariDataSource(config)) {
      assertFirstLine(
          catchThrowable(JdbcWebhookStore.on(pool)::open), "database \"missing\" does not exist");
    }
  }

  @Test
  void wrong_password_of_h2() throws SQLException {
    String url = "jdbc:h2:mem:guarded;DB_CLOSE_DELAY=-1";
    try (Connection first = DriverManager.getConnection(url, "sa", "right")) {
      assertThat(first.isClosed()).isFalse();
      DataSource wrong = JdbcConnectionPool.create(url, "sa", PASSWORD);

      assertFirstLine(
          catchThrowable(JdbcWebhookStore.on(wrong)::open), "Wrong user name or password");
    }
  }

  /** The servers of these tests ask for no password. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Access denied for user 'shop'@'localhost' (using password: YES)"
            + " | Access denied for user 'shop'@'localhost' (using password: YES)",
        "FATAL: password authentication failed for user \"shop\""
            + " | FATAL: password authentication failed for user \"shop\"",
        "cannot open jdbc:postgresql://shop:hunter2hunter2@db/shop?password=hunter2hunter2&ssl=true"
            + " | cannot open jdbc:postgresql://db/shop",
        "cannot open jdbc:postgresql://shop:hunter2/hunter2hunter2@db/shop"
            + " | cannot open jdbc:postgresql://db/shop",
        "cannot open jdbc:h2:file:/data/shop;USER=sa;PASSWORD=hunter2hunter2"
            + " | cannot open jdbc:h2:file:/data/shop",
        "no socket for address=(host=db)(password=hunter2hunter2)(port=1)"
            + " | no socket for address=(host=db)(password=***)(port=1)"
      })
  void words_of_a_driver_are_kept_but_for_passwords(String words, String said) {
    DataSource refusing = Wrapped.dataSource(
        () -> {
          throw new SQLException(words + "\nQuery is: set password hunter2hunter2", "28000");
        },
        same -> same);

    Throwable fault = catchThrowable(JdbcWebhookStore.on(refusing)::open);

    assertFirstLine(fault, said);
    assertThat(fault).hasMessage("no connection to the database: " + said);
  }

  /** As of a host that takes the store's module and forgets the database. */
  @Test
  void h2_that_is_missing() throws Exception {
    URL[] others = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(entry -> !entry.getFileName().toString().matches("h2-[0-9.]+\\.jar"))
        .map(JdbcOpeningFaultsTest::url)
        .toArray(URL[]::new);
    try (URLClassLoader loader = new URLClassLoader(others, ClassLoader.getPlatformClassLoader())) {
      Method embedded =
          loader.loadClass(JdbcWebhookStore.class.getName()).getMethod("embedded", Path.class);

      Throwable fault =
          catchThrowable(() -> embedded.invoke(null, Path.of("shop"))).getCause();

      assertThat(fault)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("H2 is not on the class path: add com.h2database:h2");
    }
  }

  private static URL url(Path entry) {
    try {
      return entry.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void file_of_h2_that_another_process_has_open(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("shop");
    Process other = open(file);
    try {
      JdbcWebhookStore store = JdbcWebhookStore.embedded(file);

      Throwable fault = catchThrowable(store::open);

      assertFirstLine(fault, "in use by another process");
      assertThat(fault).hasMessageContaining(file.getFileName().toString());
      store.close();
    } finally {
      other.destroyForcibly();
      assertThat(other.waitFor(Patience.SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** Starts a process that holds the file, and returns once it does. */
  private static Process open(Path file) throws IOException {
    List<String> command = List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        FileHolder.class.getName(),
        file.toString());
    Process process = new ProcessBuilder(command)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    assertThat(process.getInputStream().read()).as("it holds the file").isEqualTo('!');
    return process;
  }

  /** Holds an H2 database open until it is killed. */
  static final class FileHolder {
    private FileHolder() {}

    /** Opens the database named by the argument and says so. */
    public static void main(String[] arguments) throws Exception {
      try (Connection connection = DriverManager.getConnection("jdbc:h2:file:" + arguments[0])) {
        System.out.print(connection.isClosed() ? '?' : '!');
        System.out.flush();
        int end = System.in.read();
        System.exit(end);
      }
    }
  }

  @Test
  void file_of_h2_that_cannot_be_made(@TempDir Path directory) throws IOException {
    Path noDirectory = Files.createFile(directory.resolve("plain"));
    JdbcWebhookStore store = JdbcWebhookStore.embedded(noDirectory.resolve("shop"));

    assertFirstLine(catchThrowable(store::open), noDirectory.toString());
    store.close();
  }

  @Test
  void pool_that_is_exhausted() throws SQLException {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl("jdbc:h2:mem:exhausted");
    pool.setUsername("sa");
    pool.setMaximumPoolSize(1);
    try (Connection hog = pool.getConnection()) {
      JdbcWebhookStore store = JdbcWebhookStore.builder(pool)
          .connectionTimeout(Duration.ofMillis(100))
          .build();

      assertFirstLine(catchThrowable(store::open), "the data source has given none within 100 ms");
      assertThat(hog.isClosed()).isFalse();
    } finally {
      pool.close();
    }
  }

  /** The first thing that a new role of PostgreSQL 15 meets. */
  @Test
  void tables_that_the_role_may_not_create() throws SQLException {
    String schema = TestPostgres.schema();
    String url = TestPostgres.url(TestPostgres.port(), schema);
    try (Connection administrator = DriverManager.getConnection(url);
        Statement statement = administrator.createStatement()) {
      statement.execute("create role " + schema + "_poor login");
      statement.execute("grant usage on schema " + schema + " to " + schema + "_poor");
      String poor = url.replaceFirst("user=[^&]*", "user=" + schema + "_poor");
      DataSource plain = Wrapped.dataSource(() -> DriverManager.getConnection(poor), same -> same);

      Throwable fault = catchThrowable(JdbcWebhookStore.on(plain)::open);

      assertThat(fault)
          .isInstanceOf(IllegalStateException.class)
          .isNotInstanceOf(StoreUnavailableException.class)
          .hasMessageContaining("permission denied for schema " + schema);
      statement.execute("revoke all on schema " + schema + " from " + schema + "_poor");
      statement.execute("drop role " + schema + "_poor");
    }
  }

  private static void assertFirstLine(Throwable fault, String cause) {
    assertThat(fault).isInstanceOf(StoreUnavailableException.class);
    assertThat(fault.toString().lines().toList()).hasSize(1);
    assertThat(fault.toString()).contains(cause).doesNotContain(PASSWORD);
  }
}
