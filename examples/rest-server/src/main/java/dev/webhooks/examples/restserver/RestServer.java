package dev.webhooks.examples.restserver;

import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.webhooks.Webhooks;
import dev.webhooks.management.Authenticator;
import dev.webhooks.management.ManagementApi;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.sql.DataSource;

/**
 * The parts of the server: pool, webhooks and HTTP, started in this order and closed in reverse.
 */
final class RestServer implements AutoCloseable {
  private static final String BASE_PATH = "/api/v2";
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final int BACKLOG = 1_000;

  private final HttpServer http;
  private final Webhooks webhooks;
  private final HikariDataSource database;
  private final InFlight inFlight = new InFlight();
  private final ManagementApi api;
  private final List<OwnRoute> own;

  private RestServer(
      HttpServer http, Webhooks webhooks, HikariDataSource database, Configuration configuration) {
    this.http = http;
    this.webhooks = webhooks;
    this.database = database;
    Authenticator apiTokens = Authenticator.ofTokens(configuration.tokens());
    PortalTokens portalTokens = new PortalTokens(InstantSource.system());
    api = ManagementApi.on(
            webhooks, token -> apiTokens.authenticate(token).or(() -> portalTokens.account(token)))
        .basePath(BASE_PATH)
        .withPortal(configuration.portal())
        .withRoute("POST", EventsRoute.PATH, new EventsRoute())
        .withDescription(description());
    own = List.of(
        new HealthRoute(webhooks).route(),
        new SignIn(apiTokens, portalTokens, BASE_PATH + "/portal/").route());
  }

  /**
   * Starts a server; it answers when this returns.
   *
   * @throws StartException if the port is in use or the database does not answer; the process is
   *     then expected to end
   */
  static RestServer start(Configuration configuration) {
    HttpServer http = bind(configuration.port());
    HikariDataSource database = Database.pool(configuration);
    Webhooks webhooks = webhooks(configuration, database);
    try {
      webhooks.start();
      webhooks.reencrypt();
    } catch (StoreUnavailableException e) {
      throw new StartException("no database at DATABASE_URL: " + Database.reason(e), e);
    } catch (IllegalStateException e) {
      throw new StartException("the database at DATABASE_URL is of no use: " + e.getMessage(), e);
    }
    RestServer server = new RestServer(http, webhooks, database, configuration);
    server.serve();
    return server;
  }

  /** Returns the routes outside the management API. */
  List<OwnRoute> ownRoutes() {
    return own;
  }

  int port() {
    return http.getAddress().getPort();
  }

  /** Accepts nothing more, finishes what was begun, hands back what is not sent yet. */
  @Override
  public void close() {
    // In a thread of its own, as it waits for its whole patience even if there is nothing to do.
    Thread stop = new Thread(() -> http.stop((int) PATIENCE.toSeconds()), "stop-http");
    stop.setDaemon(true);
    stop.start();
    inFlight.close(PATIENCE);
    webhooks.close();
    database.close();
  }

  /** Listens on this machine only: what talks to other machines should add TLS. */
  private static HttpServer bind(int port) {
    try {
      return HttpServer.create(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
    } catch (IOException e) {
      throw new StartException("cannot listen on PORT " + port + ": " + e.getMessage(), e);
    }
  }

  private static Webhooks webhooks(Configuration configuration, DataSource database) {
    return Webhooks.builder()
        .store(JdbcWebhookStore.on(database))
        .transport(OkHttpTransport.builder()
            .trust(configuration.authorities().toArray(X509Certificate[]::new))
            .build())
        .events(EventCatalog.builtIn())
        .allowTargets(configuration.allowedTargets().toArray(String[]::new))
        .secretCipher(configuration.cipher())
        .retrySchedule(configuration.retrySchedule())
        .requestTimeout(configuration.requestTimeout())
        .maxWebhooksPerAccount(configuration.maxWebhooks())
        .build();
  }

  private void serve() {
    http.createContext("/", new ApiHandler(api, own, inFlight));
    http.setExecutor(Workers.forConnections(HttpLimits.connections()));
    http.start();
  }

  /** Says in the terms of OpenAPI what this server has beside the library's routes. */
  private static String description() {
    try (InputStream resource = RestServer.class.getResourceAsStream("openapi.json")) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
