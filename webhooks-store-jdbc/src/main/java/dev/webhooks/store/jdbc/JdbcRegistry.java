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
      "w.number, w.id, w.account, w.given_id, w.url, w.headers, w.secret, w.old_secret, w.old_secret_until, w.status,"
          + " w.deleted, w.version, (select case when h.suspended_until is null then 'FAILING' else 'SUSPENDED' end"
          + " from {endpoint_health} h where h.webhook = w.number) as endpoint";

  private static final String ROW = CONFIGURATION + ", w.name, w.events, w.created, w.updated";

  private static final String INSERT_LOCK = "insert into {account_lock} (account) values (?)";

  private static final String FIND_LOCK = "select account from {account_lock} where account = ?";

  private static final String LOCK_ACCOUNT =
      "select account from {account_lock} where account = ? for update";

  private static final String COUNT =
      "select count(*) as n from {webhook} where account = ? and deleted is null";

  private static final String INSERT = """
      insert into {webhook} (id, given_id, account, name, url, events, headers, secret, old_secret,
        old_secret_until, status, version, created, updated)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

  private static final String SUBSCRIBE = "insert into {subscription} (account, pattern, webhook)";

  /** Deletes row by row: a range would lock rows of other webhooks. */
  private static final String UNSUBSCRIBE =
      "delete from {subscription} where account = ? and pattern = ? and webhook = ?";

  private static final String PRESENT_EVENTS =
      "select events from {webhook} where number = ? for update";

  private static final String FIND = "select " + ROW + """

       from {webhook} w where w.account = ? and w.id = ? and w.deleted is null""";

  /** Reads whole rows for one page only. */
  private static final String PAGE = "select " + ROW + """

       from (select w.number%s order by w.created desc, w.id desc limit ? offset ?) k
        join {webhook} w on w.number = k.number
      order by w.created desc, w.id desc""";

  private static final String UPDATE = """
      update {webhook} set name = ?, url = ?, events = ?, headers = ?, secret = ?, old_secret = ?,
        old_secret_until = ?, status = ?, updated = ?, version = version + 1
      where number = ?""";

  private static final String DELETE = """
      update {webhook} set deleted = ?, updated = ?, purge_at = ?, version = version + 1,
        name = null, url = '', headers = ?, secret = ?, old_secret = null, old_secret_until = null
      where number = ? and deleted is null""";

  private static final String SUBSCRIBERS = "select s.pattern, " + CONFIGURATION + """

       from {x: account key, pattern key}
        join {subscription} s on s.account = x.account and s.pattern = x.pattern
        join {webhook} w on w.number = s.webhook
      where w.deleted is null""";

  private static final String CONFIGURATIONS = "select " + CONFIGURATION
      + " from {x: number bigint} join {webhook} w on w.number = x.number";

  private static final byte[] NOTHING = {};

  /** The maximum number of times that the account's row is removed between insert and lock. */
  private static final int LOCK_TRIES = 3;

  private final Sql sql;

  JdbcRegistry(Sql sql) {
    this.sql = sql;
  }

  void lockAccount(String account) throws SQLException {
    boolean locked = sql.locking("the account", s -> insertAndLock(s, new Key(account)));
    if (!locked) {
      throw new StoreUnavailableException(
          "the account's row was removed again and again", false, null);
    }
  }

  /** Locks the account's row; inserts it anew if an erasure removes it meanwhile. */
  private static boolean insertAndLock(Sql sql, Key account) throws SQLException {
    for (int attempt = 0; attempt < LOCK_TRIES; attempt++) {
      if (sql.first(FIND_LOCK, row -> true, account).isEmpty()) {
        sql.dialect.insertIfAbsent(sql, INSERT_LOCK, account);
      }
      if (sql.first(LOCK_ACCOUNT, row -> true, account).isPresent()) {
        return true;
      }
    }
    return false;
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
      // The cause is omitted, since its message may quote the row.
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

  /** Reads before it locks, since MariaDB also locks the gap of a missing row. */
  Optional<WebhookRow> lock(String account, UUID id) throws SQLException {
    if (find(account, id).isEmpty()) {
      return Optional.empty();
    }
    return sql.locking(
        "the webhook", s -> s.first(FIND + " for update", JdbcRegistry::row, new Key(account), id));
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
            where s.account = w.account and s.webhook = w.number)""");
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
    // Nested maps spare a key object for every published event.
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
    return WebhookConfiguration.of(row.uuid("id"), row.key("account"))
        .number(row.bigint("number"))
        .givenId(row.textOrNull("given_id"))
        .url(row.text("url"))
        .headers(row.bytes("headers"))
        .secret(row.bytes("secret"))
        .oldSecret(row.bytesOrNull("old_secret"), row.timeOrNull("old_secret_until"))
        .status(WebhookStatus.valueOf(row.text("status").toUpperCase(Locale.ROOT)))
        .deleted(row.timeOrNull("deleted") != null)
        .version(row.integer("version"))
        .endpoint(endpoint(row))
        .build();
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

  private record Subscription(String account, String pattern) {}
}
