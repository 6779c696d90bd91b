package dev.webhooks.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.PublishResult;
import dev.webhooks.model.Secret;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.TestWebhooks;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The recipe of README for hosts that have a sender of their own, played from end to end. */
class LeavingAnOldSenderTest {
  private static final String ONE = "https://one.acme.example/in";
  private static final String TWO = "https://two.acme.example/in";
  private static final String THREE = "https://three.acme.example/in";
  private static final String GLOBEX = "https://globex.example/in";
  private static final String SECRET = "what Acme has always known";
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

  private final DataSource h2 = database();
  private final OldSender old = new OldSender(h2);

  @AutoClose
  private final TestWebhooks kit = TestWebhooks.on(
      JdbcWebhookStore.on(h2),
      EventCatalog.acceptingAny(),
      List.of(new OldSignature()),
      builder -> builder);

  private final Notifications notifications = new Notifications(h2, old, kit.webhooks());

  /** The received endpoint and event, from either sender. */
  private final List<String> arrived = new ArrayList<>();

  private boolean down;

  private static DataSource database() {
    JdbcDataSource h2 = new JdbcDataSource();
    h2.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1");
    return h2;
  }

  @BeforeEach
  void tables() throws SQLException {
    execute(
        "create table customer (account varchar(20) primary key, moved boolean not null)",
        "create table old_webhook (id int primary key, account varchar(20), url varchar(200),"
            + " secret varchar(200))",
        "create table old_outbox (no bigint auto_increment primary key, event varchar(64),"
            + " webhook int, body varchar(1000))",
        "insert into customer values ('acme', false), ('globex', false)",
        "insert into old_webhook values (17, 'acme', '" + ONE + "', '" + SECRET + "'),"
            + " (18, 'acme', '" + TWO + "', '" + SECRET + "'),"
            + " (19, 'globex', '" + GLOBEX + "', 'what Globex has always known')");
    List.of(ONE, TWO, GLOBEX).forEach(kit::receiver);
  }

  @Test
  void customer_is_moved_and_every_event_arrives_exactly_once_signed_as_ever() throws Exception {
    publish("acme", "before");
    down = true;
    drain();
    assertThat(arrived).as("the endpoints are down").isEmpty();

    try (Connection open = begin()) {
      notifications.publish(open, "acme", "across");
      assertThat(notifications.move("acme")).isEmpty();
      publish("acme", "after");
      open.commit();
    }
    publish("globex", "not-moved");
    try (Connection lost = begin()) {
      notifications.publish(lost, "acme", "rolled-back");
      lost.rollback();
    }
    down = false;
    drain();
    drain();
    kit.advance(Duration.ofDays(1));
    collect();

    assertThat(arrived)
        .containsExactlyInAnyOrder(
            ONE + " before by the old sender",
            TWO + " before by the old sender",
            ONE + " across by the old sender",
            TWO + " across by the old sender",
            ONE + " after",
            TWO + " after",
            GLOBEX + " not-moved by the old sender");
    assertThat(kit.account("acme").list(WebhookQuery.all()).data())
        .extracting(Webhook::id)
        .containsExactly("18", "17");
  }

  @Test
  void move_that_is_repeated_changes_nothing() throws Exception {
    assertThat(notifications.move("acme")).isEmpty();
    List<Webhook> moved = kit.account("acme").list(WebhookQuery.all()).data();

    assertThat(notifications.move("acme")).isEmpty();

    assertThat(kit.account("acme").list(WebhookQuery.all()).data()).isEqualTo(moved);
  }

  @Test
  void customer_of_whom_one_webhook_is_refused_stays_with_the_old_sender() throws Exception {
    execute("insert into old_webhook values (20, 'acme', '" + THREE + "', 'short')");

    assertThat(notifications.move("acme")).singleElement().satisfies(refused -> {
      assertThat(refused.id()).isEqualTo("20");
      assertThat(refused.refusal().code()).isEqualTo(ErrorCode.SECRET_TOO_SHORT);
    });
    publish("acme", "e-1");
    drain();
    kit.runUntilIdle();
    collect();

    assertThat(kit.account("acme").list(WebhookQuery.all()).total()).isZero();
    assertThat(arrived).hasSize(3).allMatch(request -> request.endsWith("by the old sender"));

    execute("update old_webhook set secret = '" + SECRET + "' where id = 20");
    assertThat(notifications.move("acme")).isEmpty();
    assertThat(kit.account("acme").list(WebhookQuery.all()).total()).isEqualTo(3);
  }

  @Test
  void shadow_shows_who_would_be_sent_what_sends_nothing_and_leaves_nothing() throws Exception {
    AccountWebhooks shadow = notifications.shadow("acme");
    try (Connection host = begin()) {
      notifications.publish(host, "acme", "e-1");
      PublishResult same = shadow
          .in(JdbcTransaction.on(host))
          .publish(Event.of("order.paid", Map.of("order", "e-1")).withId("e-1"));
      assertThat(same.deliveries()).as("as many as the outbox has rows").isEqualTo(2);
      host.commit();
    }
    drain();
    kit.runUntilIdle();
    collect();

    assertThat(shadow.deliveries("shadow-17", DeliveryQuery.latest()).data())
        .singleElement()
        .satisfies(delivery -> assertThat(delivery.eventId()).isEqualTo("e-1"));
    assertThat(arrived)
        .containsExactly(ONE + " e-1 by the old sender", TWO + " e-1 by the old sender");

    shadow.erase();
    assertThat(notifications.move("acme")).isEmpty();
    kit.advance(Duration.ofDays(6));
    collect();
    assertThat(arrived).as("nothing of the shadow was ever sent").hasSize(2);
  }

  @Test
  void well_known_format_of_one_hash_needs_no_scheme_of_the_hosts_own() throws Exception {
    SignatureScheme hub = SignatureScheme.bodyOnly("X-Hub-Signature-256");
    TestWebhooks github = TestWebhooks.on(
        JdbcWebhookStore.builder(h2).tablePrefix("hub_").build(),
        EventCatalog.acceptingAny(),
        List.of(hub),
        builder -> builder);
    try (github) {
      github.receiver(ONE);
      AccountWebhooks acme = github.account("acme");
      WebhookDraft draft = WebhookDraft.to(ONE).events("*").secret(SECRET);
      acme.importWebhooks(List.of(WebhookImport.of("17", draft)));
      acme.publish(Event.of("order.paid", Map.of()));
      github.runUntilIdle();

      ReceivedRequest request = github.receiver(ONE).onlyRequest();
      assertThat(request.header("X-Hub-Signature-256"))
          .isEqualTo("sha256=" + HexFormat.of().formatHex(hmac(SECRET, request.body())));
      assertThat(request.headers()).doesNotContainKey("webhook-signature");
    }
  }

  private void publish(String account, String event) throws SQLException {
    try (Connection host = begin()) {
      notifications.publish(host, account, event);
      host.commit();
    }
  }

  private Connection begin() throws SQLException {
    Connection host = h2.getConnection();
    host.setAutoCommit(false);
    return host;
  }

  private void drain() throws SQLException {
    old.drain((webhook, body) -> {
      if (down) {
        throw new IllegalStateException("503");
      }
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      Map<String, String> headers =
          new OldSignature().sign("", Instant.EPOCH, bytes, List.of(Secret.of(webhook.secret())));
      receive(webhook.url(), headers.get(OldSignature.HEADER), bytes, " by the old sender");
    });
  }

  /** Hands over what the library has sent to the receivers since the last time. */
  private void collect() throws Exception {
    for (String url : List.of(ONE, TWO, GLOBEX)) {
      for (ReceivedRequest request : kit.receiver(url).requests()) {
        receive(url, request.header(OldSignature.HEADER), request.body(), "");
      }
      kit.receiver(url).forget();
    }
  }

  /** A receiver made for the old sender: refuses what is not signed as ever. */
  private void receive(String url, String signature, byte[] body, String by) {
    String secret = switch (url) {
      case GLOBEX -> "what Globex has always known";
      case THREE -> "short";
      default -> SECRET;
    };
    assertThat(signature).isEqualTo(Base64.getEncoder().encodeToString(hmac(secret, body)));
    Matcher id = ID.matcher(new String(body, StandardCharsets.UTF_8));
    assertThat(id.find()).isTrue();
    arrived.add(url + " " + id.group(1) + by);
  }

  private static byte[] hmac(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = h2.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
