package dev.webhooks.store.jdbc;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.EventPattern;
import dev.webhooks.model.StoreUnavailableException;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookStatus;
import dev.webhooks.spi.store.EndpointHealth;
import dev.webhooks.spi.store.StoreSession.WebhookFilter;
import dev.webhooks.spi.store.StoreSession.WebhookList;
import dev.webhooks.spi.store.StoreSession.WebhookPlace;
import dev.webhooks.spi.store.WebhookConfiguration;
import dev.webhooks.spi.store.WebhookRow;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Webhooks and their subscriptions. */
final class JdbcRegistry {
  /** The columns that {@link #configuration} reads, of a webhook {@code w}. */
  static final String CONFIGURATION =
      "w.no, w.id, w.account, w.given_id, w.url, w.headers, w.secret, w.old_secret, w.old_secret_until, w.status,"
          + " w.deleted, w.version, (select case when h.suspended_until is null then 'FAILING' else 'SUSPENDED' end"
          + " from {endpoint_health} h where h.webhook = w.no) as endpoint";

  private static final String ROW = CONFIGURATION + ", w.name, w.events, w.created, w.updated";

  private static final String INSERT_GATE = "insert into {account_gate} (account) values (?)";

  private static final String FIND_GATE = "select account from {account_gate} where account = ?";

  private static final String LOCK_GATE =
      "select account from {account_gate} where account = ? for update";

  private static final String COUNT =
      "select count(*) as n from {webhook} where account = ? and deleted is null";

  private static final String INSERT = """
      insert into {webhook} (id, given_id, account, name, url, events, headers, secret, old_secret,
        old_secret_until, status, version, created, updated)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String SUBSCRIBE = "insert into {subscription} (account, pattern, webhook)";

  /** Row by row: a range would touch the rows of other webhooks, which others may be changing. */
  private static final String UNSUBSCRIBE =
      "delete from {subscription} where account = ? and pattern = ? and webhook = ?";

  private static final String PRESENT_EVENTS =
      "select events from {webhook} where no = ? for update";

  private static final String FIND = "select " + ROW + """

       from {webhook} w where w.account = ? and w.id = ? and w.deleted is null""";

  /** Only the rows of the page are read as a whole. */
  private static final String PAGE = "select " + ROW + """

       from (select w.no%s order by w.created desc, w.id desc limit ? offset ?) k
        join {webhook} w on w.no = k.no
      order by w.created desc, w.id desc""";

  private static final String UPDATE = """
      update {webhook} set name = ?, url = ?, events = ?, headers = ?, secret = ?, old_secret = ?,
        old_secret_until = ?, status = ?, updated = ?, version = version + 1
      where no = ?""";

  private static final String DELETE = """
      update {webhook} set deleted = ?, updated = ?, purge_at = ?, version = version + 1,
        name = null, url = '', headers = ?, secret = ?, old_secret = null, old_secret_until = null
      where no = ? and deleted is null""";

  private static final String SUBSCRIBERS = "select s.pattern, " + CONFIGURATION + """

       from {x: account key, pattern key}
        join {subscription} s on s.account = x.account and s.pattern = x.pattern
        join {webhook} w on w.no = s.webhook
      where w.deleted is null""";

  private static final String CONFIGURATIONS =
      "select " + CONFIGURATION + " from {x: no bigint} join {webhook} w on w.no = x.no";

  private static final byte[] NOTHING = {};

  /** The most times that the account's row may be removed between its insertion and the lock. */
  private static final int GATE_TRIES = 3;

  private final Sql sql;

  JdbcRegistry(Sql sql) {
    this.sql = sql;
  }

  void lockAccount(String account) throws SQLException {
    boolean locked = sql.dialect
        .patiently(sql, Dialect.LOCK_PATIENCE, s -> lockGate(s, new Key(account)))
        .orElse(false);
    if (!locked) {
      throw locked("the account");
    }
  }

  /** Erasing an account removes the row, so it may be gone when it is to be locked. */
  private static boolean lockGate(Sql sql, Key account) throws SQLException {
    for (int attempt = 0; attempt < GATE_TRIES; attempt++) {
      if (sql.first(FIND_GATE, row -> true, account).isEmpty()) {
        sql.dialect.insertIfAbsent(sql, INSERT_GATE, account);
      }
      if (sql.first(LOCK_GATE, row -> true, account).isPresent()) {
        return true;
      }
    }
    return false;
  }

  private static StoreUnavailableException locked(String what) {
    return new StoreUnavailableException(
        "another transaction has kept " + what + " locked for too long", false, null);
  }

  int count(String account) throws SQLException {
    return sql.list(COUNT, row -> row.integer("n"), new Key(account)).get(0);
  }

  long insert(WebhookRow webhook) throws SQLException {
    long number;
    try {
      number = insertRow(webhook);
    } catch (SQLException e) {
      if (SqlErrors.meaning(e, sql.dialect) != SqlErrors.Meaning.DUPLICATE) {
        throw e;
      }
      // Without the cause, whose message may quote the row.
      throw new WebhookException(
          ErrorCode.DUPLICATE_IDEMPOTENCY_KEY, "the webhook's id is taken by another webhook");
    }
    subscribe(webhook.account(), number, new LinkedHashSet<>(webhook.events()));
    return number;
  }

  private long insertRow(WebhookRow webhook) throws SQLException {
    WebhookConfiguration c = webhook.configuration();
    return sql.insertNumbered(
        INSERT,
        c.id(),
        c.givenId(),
        new Key(webhook.account()),
        webhook.name(),
        c.url(),
        lines(webhook.events()),
        c.headers(),
        c.secret(),
        c.oldSecret(),
        c.oldSecretUntil(),
        status(c.status()),
        c.version(),
        webhook.createdAt(),
        webhook.updatedAt());
  }

  Optional<WebhookRow> find(String account, UUID id) throws SQLException {
    return sql.first(FIND, JdbcRegistry::row, new Key(account), id);
  }

  /** Looks before it locks, since MariaDB also locks the place of a row that is not there. */
  Optional<WebhookRow> lock(String account, UUID id) throws SQLException {
    if (find(account, id).isEmpty()) {
      return Optional.empty();
    }
    return sql.dialect
        .patiently(
            sql,
            Dialect.LOCK_PATIENCE,
            s -> s.first(FIND + " for update", JdbcRegistry::row, new Key(account), id))
        .orElseThrow(() -> locked("the webhook"));
  }

  void update(WebhookRow webhook) throws SQLException {
    WebhookConfiguration c = webhook.configuration();
    changeSubscriptions(webhook);
    sql.update(
        UPDATE,
        webhook.name(),
        c.url(),
        lines(webhook.events()),
        c.headers(),
        c.secret(),
        c.oldSecret(),
        c.oldSecretUntil(),
        status(c.status()),
        webhook.updatedAt(),
        webhook.number());
  }

  private void changeSubscriptions(WebhookRow webhook) throws SQLException {
    Set<String> before = new LinkedHashSet<>(
        sql.first(PRESENT_EVENTS, JdbcRegistry::events, webhook.number()).orElse(List.of()));
    Set<String> after = new LinkedHashSet<>(webhook.events());
    Key account = new Key(webhook.account());
    sql.batch(
        UNSUBSCRIBE,
        before.stream().filter(pattern -> !after.contains(pattern)).toList(),
        pattern -> new Object[] {account, new Key(pattern), webhook.number()});
    after.removeAll(before);
    subscribe(webhook.account(), webhook.number(), after);
  }

  private void subscribe(String account, long number, Set<String> patterns) throws SQLException {
    if (patterns.isEmpty()) {
      return;
    }
    Rows<String> rows =
        Rows.of(patterns).key(pattern -> account).key(pattern -> pattern).bigint(pattern -> number);
    sql.insert(SUBSCRIBE, rows);
  }

  void delete(long number, Instant now) throws SQLException {
    sql.update(DELETE, now, now, now, NOTHING, NOTHING, number);
  }

  WebhookList list(String account, WebhookFilter filter) throws SQLException {
    StringBuilder where =
        new StringBuilder(" from {webhook} w where w.account = ? and w.deleted is null");
    List<@Nullable Object> parameters = new ArrayList<>();
    parameters.add(new Key(account));
    if (filter.status() != null) {
      where.append(" and w.status = ?");
      parameters.add(status(filter.status()));
    }
    if (filter.patterns() != null) {
      where.append("""

           and exists (
            select 1 from {x: pattern key} join {subscription} s on s.pattern = x.pattern
            where s.account = w.account and s.webhook = w.no)""");
      parameters.add(Rows.of(filter.patterns()).key(pattern -> pattern));
    }
    long total = sql.list(
            "select count(*) as n" + where, row -> row.bigint("n"), parameters.toArray())
        .get(0);
    WebhookPlace after = filter.after();
    if (after != null) {
      where.append(" and (w.created < ? or (w.created = ? and w.id < ?))");
      parameters.addAll(List.of(after.createdAt(), after.createdAt(), after.id()));
    }
    parameters.add(filter.limit());
    parameters.add(filter.offset());
    String page = PAGE.formatted(where);
    return new WebhookList(sql.list(page, JdbcRegistry::row, parameters.toArray()), total);
  }

  Map<String, Map<String, List<WebhookConfiguration>>> subscribers(
      Map<String, Set<String>> eventTypes) throws SQLException {
    // Maps in maps rather than one by both: this is done for every event that is published.
    Map<String, Map<String, List<WebhookConfiguration>>> found = new HashMap<>();
    List<Subscription> wanted = new ArrayList<>();
    eventTypes.forEach((account, types) -> {
      Map<String, List<WebhookConfiguration>> byPattern = new HashMap<>();
      types.forEach(type -> EventPattern.matching(type).forEach(pattern -> {
        if (byPattern.putIfAbsent(pattern, new ArrayList<>()) == null) {
          wanted.add(new Subscription(account, pattern));
        }
      }));
      found.put(account, byPattern);
    });
    sql.list(
        SUBSCRIBERS,
        row -> Objects.requireNonNull(found.get(row.key("account")))
            .computeIfAbsent(row.key("pattern"), pattern -> new ArrayList<>())
            .add(configuration(row)),
        Rows.of(wanted).key(Subscription::account).key(Subscription::pattern));
    Map<String, Map<String, List<WebhookConfiguration>>> subscribers = new HashMap<>();
    found.forEach((account, byPattern) -> {
      Map<String, List<WebhookConfiguration>> byType = new LinkedHashMap<>();
      eventTypes
          .getOrDefault(account, Set.of())
          .forEach(type -> byType.put(type, matching(type, byPattern)));
      subscribers.put(account, byType);
    });
    return subscribers;
  }

  private static List<WebhookConfiguration> matching(
      String type, Map<String, List<WebhookConfiguration>> byPattern) {
    Map<Long, WebhookConfiguration> byNumber = new TreeMap<>();
    for (String pattern : EventPattern.matching(type)) {
      byPattern
          .getOrDefault(pattern, List.of())
          .forEach(webhook -> byNumber.put(webhook.number(), webhook));
    }
    return List.copyOf(byNumber.values());
  }

  Map<Long, WebhookConfiguration> configurations(Collection<Long> numbers) throws SQLException {
    Map<Long, WebhookConfiguration> configurations = new HashMap<>();
    sql.list(CONFIGURATIONS, JdbcRegistry::configuration, Rows.ofNumbers(numbers))
        .forEach(webhook -> configurations.put(webhook.number(), webhook));
    return configurations;
  }

  // ---- rows

  private static WebhookRow row(Row row) throws SQLException {
    return new WebhookRow(
        configuration(row),
        row.textOrNull("name"),
        events(row),
        row.time("created"),
        row.time("updated"));
  }

  private static List<String> events(Row row) throws SQLException {
    return row.text("events").lines().toList();
  }

  static WebhookConfiguration configuration(Row row) throws SQLException {
    return new WebhookConfiguration(
        row.bigint("no"),
        row.uuid("id"),
        row.key("account"),
        row.textOrNull("given_id"),
        row.text("url"),
        row.bytes("headers"),
        row.bytes("secret"),
        row.bytesOrNull("old_secret"),
        row.timeOrNull("old_secret_until"),
        WebhookStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)),
        row.timeOrNull("deleted") != null,
        row.integer("version"),
        endpoint(row));
  }

  private static EndpointHealth.State endpoint(Row row) throws SQLException {
    String state = row.textOrNull("endpoint");
    return state == null ? EndpointHealth.State.HEALTHY : EndpointHealth.State.valueOf(state);
  }

  private static String status(WebhookStatus status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private static String lines(List<String> events) {
    return String.join("\n", events);
  }

  /** A subscription of an account's webhook. */
  private record Subscription(String account, String pattern) {}
}
