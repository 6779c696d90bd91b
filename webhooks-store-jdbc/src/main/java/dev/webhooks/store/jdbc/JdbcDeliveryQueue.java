package dev.webhooks.store.jdbc;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.internal.time.Instants;
import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.ClaimRef;
import dev.webhooks.spi.store.ClaimedDelivery;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.DeliveryQueue.ClaimRequest;
import dev.webhooks.spi.store.DeliveryQueue.EndedDelivery;
import dev.webhooks.spi.store.DeliveryQueue.QueueDepth;
import dev.webhooks.spi.store.DeliveryRef;
import dev.webhooks.spi.store.WebhookConfiguration;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/** The queue of pending deliveries. */
final class JdbcDeliveryQueue implements DeliveryQueue {
  /** The maximum number of rows of one statement, or of one transaction with several. */
  private static final int ROWS = 1000;

  static final UUID FIRST_ID = new UUID(0, 0);
  static final UUID LAST_ID = new UUID(-1, -1);
  private static final int STATEMENT_BYTES = 1 << 20;

  /** The maximum time by which an id is ahead of the row's creation. */
  static final Duration ID_LEAD = Duration.ofSeconds(10);

  /** Looks up each row by a subquery, which no planner turns into a comparison of all rows. */
  static final String OWNED_BY_ID = """
      select webhook, id, claim
      from (
        select x.webhook, x.id,
          (select q.claim from {queue} q
           where q.webhook = x.webhook and q.id = x.id and q.owner + 0 = ?) as claim
        from {x: webhook bigint, id uuid}) asked
      where claim is not null""";

  private static final String OWNED = "select webhook, id, claim from {queue} where owner = ?";

  private static final String NEXT_OWNER = """
      select owner from {queue} where owner > ? order by owner, webhook, due limit 1""";

  private static final String REGISTERED = "select 1 as found from {instance} where number = ?";

  private static final String POISONED = """
      select q.webhook, q.id, q.claim, w.number as known, w.deleted
      from {queue} q left join {webhook} w on w.number = q.webhook
      where q.owner = ? limit ?""";

  private static final String DEPTH = """
      select count(*) as pending, min(created) as oldest
      from (select created from {queue} order by webhook, id limit 10000) counted""";

  private final Database database;

  JdbcDeliveryQueue(Database database) {
    this.database = database;
  }

  @Override
  public List<ClaimedDelivery> claim(ClaimRequest request) {
    return database.dialect.serialized(
        () -> run(sql -> sql.dialect.queueStatements().claim(sql, request)));
  }

  @Override
  public List<ClaimRef> claimById(long owner, Collection<DeliveryRef> rows) {
    List<DeliveryRef> sorted = sorted(rows, ref -> ref);
    List<ClaimRef> claimed = new ArrayList<>();
    for (List<DeliveryRef> part : parts(sorted, ROWS)) {
      claimed.addAll(database.dialect.serialized(
          () -> run(sql -> sql.dialect.queueStatements().claimById(sql, owner, part))));
    }
    return claimed;
  }

  @Override
  public List<ClaimRef> owned(long owner, Collection<DeliveryRef> rows) {
    return rows.isEmpty()
        ? List.of()
        : run(sql -> sql.list(OWNED_BY_ID, JdbcDeliveryQueue::claim, owner, refs(rows)));
  }

  @Override
  public Set<UUID> finish(long owner, List<AttemptOutcome> outcomes, Instant now) {
    if (outcomes.isEmpty()) {
      return Set.of();
    }
    List<AttemptOutcome> ordered =
        outcomes.stream().sorted(Comparator.comparing(AttemptOutcome::at)).toList();
    return run(sql -> {
      Set<UUID> changed = new HashSet<>();
      for (List<AttemptOutcome> part : statements(ordered)) {
        changed.addAll(sql.dialect.queueStatements().finish(sql, owner, part, now));
      }
      return changed;
    });
  }

  private static List<List<AttemptOutcome>> statements(List<AttemptOutcome> outcomes) {
    List<List<AttemptOutcome>> parts = new ArrayList<>();
    int from = 0;
    long bytes = 0;
    for (int i = 0; i < outcomes.size(); i++) {
      int more = outcomes.get(i).excerpt().length;
      if (i > from && (bytes + more > STATEMENT_BYTES || i - from == ROWS)) {
        parts.add(outcomes.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += more;
    }
    parts.add(outcomes.subList(from, outcomes.size()));
    return parts;
  }

  @Override
  public int release(long owner, Collection<ClaimRef> rows) {
    int released = 0;
    for (List<ClaimRef> part : parts(sorted(rows, ClaimRef::ref), ROWS)) {
      released += run(sql -> sql.dialect.queueStatements().release(sql, owner, part));
    }
    return released;
  }

  @Override
  public int releaseForgotten(long owner, Predicate<UUID> owned) {
    List<ClaimRef> rows = run(sql -> sql.list(OWNED, JdbcDeliveryQueue::claim, owner));
    int released =
        release(owner, rows.stream().filter(row -> !owned.test(row.ref().id())).toList());
    Optional<Long> dead = nextUnregistered(0);
    while (dead.isPresent()) {
      released += rescue(database, dead.get());
      dead = nextUnregistered(dead.get());
    }
    return released;
  }

  /**
   * Returns the next owner that is not registered. An instance is registered before it owns rows.
   */
  private Optional<Long> nextUnregistered(long after) {
    return run(sql -> {
      Optional<Long> next = nextOwner(sql, after);
      while (next.isPresent() && isRegistered(sql, next.get())) {
        next = nextOwner(sql, next.get());
      }
      return next;
    });
  }

  private static Optional<Long> nextOwner(Sql sql, long after) throws SQLException {
    return sql.first(NEXT_OWNER, row -> row.bigint("owner"), after);
  }

  private static boolean isRegistered(Sql sql, long instance) throws SQLException {
    return sql.first(REGISTERED, row -> true, instance).isPresent();
  }

  /** Rescues the rows of a dead instance in small transactions. */
  static int rescue(Database database, long dead) {
    int released = 0;
    int now;
    do {
      now = database.run(
          Dialect.Purpose.QUEUE, sql -> sql.dialect.queueStatements().rescue(sql, dead, ROWS));
      released += now;
    } while (now == ROWS);
    return released;
  }

  @Override
  public List<EndedDelivery> endUnsendable(Instant now, Instant expiry, int limit) {
    return run(sql -> {
      List<QueueStatements.Unsendable> unowned =
          sql.dialect.queueStatements().findUnsendable(sql, expiry, limit);
      List<EndedDelivery> ended =
          new ArrayList<>(new UnsendableDeliveries(sql, 0, now).end(unowned));
      List<QueueStatements.Unsendable> poisoned = poisoned(sql, limit - ended.size());
      ended.addAll(new UnsendableDeliveries(sql, QueueStatements.POISONED, now).end(poisoned));
      List<QueueStatements.Unsendable> tests =
          JdbcTestDeliveries.interrupted(sql, now, limit - ended.size());
      ended.addAll(new UnsendableDeliveries(sql, JdbcTestDeliveries.TESTING, now).end(tests));
      return ended;
    });
  }

  private static List<QueueStatements.Unsendable> poisoned(Sql sql, int limit) throws SQLException {
    return sql.list(
        POISONED,
        row -> new QueueStatements.Unsendable(claim(row), poisonedReason(row)),
        QueueStatements.POISONED,
        limit);
  }

  private static QueueStatements.UnsendableReason poisonedReason(Row row) throws SQLException {
    boolean deleted = row.bigint("known") == 0 || row.timeOrNull("deleted") != null;
    return deleted
        ? QueueStatements.UnsendableReason.DELETED
        : QueueStatements.UnsendableReason.LOST;
  }

  @Override
  public Map<Long, WebhookConfiguration> configurations(Collection<Long> webhooks) {
    return webhooks.isEmpty()
        ? Map.of()
        : run(sql -> new JdbcRegistry(sql).configurations(webhooks));
  }

  @Override
  public void foldStatistics() {
    boolean more;
    do {
      more = run(sql -> new JdbcStatistics(sql).fold());
    } while (more);
  }

  @Override
  public QueueDepth depth() {
    return run(sql -> sql.list(
            DEPTH, row -> new QueueDepth(row.bigint("pending"), row.timeOrNull("oldest")))
        .get(0));
  }

  private <T> T run(Dialect.Work<T> work) {
    return database.run(Dialect.Purpose.QUEUE, work);
  }

  // ---- rows

  static ClaimRef claim(Row row) throws SQLException {
    return new ClaimRef(
        new DeliveryRef(row.bigint("webhook"), row.uuid("id")), row.integer("claim"));
  }

  static Rows<DeliveryRef> refs(Collection<DeliveryRef> refs) {
    return Rows.of(refs).bigint(DeliveryRef::webhook).uuid(DeliveryRef::id);
  }

  static Rows<ClaimRef> claims(Collection<ClaimRef> rows) {
    return Rows.of(rows)
        .bigint(row -> row.ref().webhook())
        .uuid(row -> row.ref().id())
        .integer(ClaimRef::number);
  }

  /** Returns rows in the order in which every transaction locks them, which excludes deadlocks. */
  static <T> List<T> sorted(Collection<T> rows, Function<T, DeliveryRef> ref) {
    return rows.stream()
        .sorted(Comparator.comparingLong((T row) -> ref.apply(row).webhook())
            .thenComparing(row -> ref.apply(row).id()))
        .toList();
  }

  /**
   * Returns an id greater than those of all rows created before an instant. An id carries the time
   * at which it was made, or a later one if a clock has stepped back.
   */
  static UUID upperBound(Instant created) {
    // Rows created before 1970 have ids of 1970.
    Instant carried = created.isBefore(Instant.EPOCH) ? Instant.EPOCH : created;
    return IdGenerator.upperBound(Instants.plus(carried, ID_LEAD));
  }

  static <T> List<List<T>> parts(List<T> rows, int size) {
    List<List<T>> parts = new ArrayList<>();
    for (int from = 0; from < rows.size(); from += size) {
      parts.add(rows.subList(from, Math.min(rows.size(), from + size)));
    }
    return parts;
  }
}
