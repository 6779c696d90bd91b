package dev.webhooks.delivery;

import dev.webhooks.delivery.Standing.Trust;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shares the memory for deliveries out among the webhooks, so that endpoints which hang cannot use
 * it up. Guarded by the ledger's lock.
 *
 * <p>A hanging endpoint keeps what is held for it for minutes, one that answers for milliseconds;
 * without care a few dozen long queues of the first kind would fill the memory, and the others'
 * deliveries would have to stay in the store. Hence these limits, in number and in bytes alike:
 *
 * <ol>
 *   <li>Each webhook may hold twice what its {@link Pace} allows to run at once, so that the next
 *       attempt never has to wait for the store. Suspects get no more than that, and those of which
 *       nothing is known little more.
 *   <li>A trusted one may hold a sixteenth of the memory, but never more than is left for all: the
 *       more of them have long queues, the less each gets, and something is always left.
 *   <li>Suspects together get a quarter of the memory; they and the unknown together half of it;
 *       all together three quarters.
 *   <li>The last quarter is for trusted ones that hold little: half of what their pace allows to
 *       run at once.
 * </ol>
 *
 * <p>What a webhook holds when it becomes suspect is handed back once memory is short. It is not
 * claimed again: claims leave out webhooks that hold more than half of what they may.
 *
 * <p>Memory is counted in places: a delivery takes one for each begun {@code maxBytes / maxCount}
 * of its body, so that neither bound is ever exceeded.
 */
final class Room {
  /** The part of the memory that one webhook may fill. */
  private static final int SHARE_OF_ONE_WEBHOOK = 16;
  /** The share that must be free again before a claim is worth while after there was no room. */
  private static final int SHARE_WORTH_A_CLAIM = 16;

  private final int capacity;
  private final long placeBytes;
  private final int openToAll;
  private final int openToUntrusted;
  private final int openToSuspects;
  private final int mostOfTrusted;
  private final int mostOfUnknown;
  private final Standing newcomer;
  /** Stands for all webhooks that have no account. */
  private final Account nobody = new Account();
  /** Webhooks that hold something or that something is known of. */
  private final Map<Long, Account> accounts = new HashMap<>();

  private final Map<Trust, Integer> placesBy = new EnumMap<>(Trust.class);
  private int count;
  private int used;
  private boolean newcomersWait;
  private boolean freed;

  /**
   * Creates an empty room.
   *
   * @param maxCount how many deliveries there is room for
   * @param maxBytes how many bytes of bodies there is room for
   * @param maxInFlightPerWebhook how many attempts of one webhook run at once at most
   */
  Room(int maxCount, long maxBytes, int maxInFlightPerWebhook) {
    this.capacity = maxCount;
    this.placeBytes = Math.max(1, maxBytes / maxCount);
    this.openToAll = capacity - capacity / 4;
    this.openToUntrusted = Math.max(1, capacity / 2);
    this.openToSuspects = Math.max(1, capacity / 4);
    this.mostOfTrusted = capacity / SHARE_OF_ONE_WEBHOOK;
    this.mostOfUnknown = 2 * maxInFlightPerWebhook;
    this.newcomer = new Standing(Trust.UNKNOWN, Pace.initial(maxInFlightPerWebhook));
  }

  /** Forgets what is held, but not what is thought of the webhooks. */
  void clear() {
    accounts.values().removeIf(account -> account.standing == null);
    accounts.values().forEach(Account::clear);
    placesBy.clear();
    count = 0;
    used = 0;
  }

  /** Takes in what is thought of a webhook now; null if that was forgotten. */
  void judge(long webhook, @Nullable Standing standing) {
    Account account = accounts.computeIfAbsent(webhook, number -> new Account());
    move(account.trust(), -account.places);
    account.standing = standing;
    move(account.trust(), account.places);
    noticeRoom(account);
    removeIfEmpty(webhook, account);
  }

  /** Returns whether one more delivery may be held. One of any size is let into an empty room. */
  boolean admits(long webhook, int size) {
    Account account = accounts.getOrDefault(webhook, nobody);
    boolean admitted =
        count == 0 || (account.count < most(account) && places(size) <= open(account));
    if (!admitted) {
      account.waits = true;
      newcomersWait = newcomersWait || account.count == 0;
    }
    return admitted;
  }

  void add(long webhook, int size) {
    change(webhook, 1, places(size));
  }

  void remove(long webhook, int size) {
    change(webhook, -1, -places(size));
  }

  private void change(long webhook, int deliveries, int places) {
    Account account = accounts.computeIfAbsent(webhook, number -> new Account());
    account.count += deliveries;
    account.places += places;
    count += deliveries;
    move(account.trust(), places);
    noticeRoom(account);
    removeIfEmpty(webhook, account);
  }

  private void removeIfEmpty(long webhook, Account account) {
    if (account.count == 0 && account.standing == null) {
      accounts.remove(webhook);
    }
  }

  /** Returns how many places are free. */
  int free() {
    return capacity - used;
  }

  /**
   * Returns what a claim may bring, and notes who is left out.
   *
   * @param most how many deliveries in all at most
   */
  Allowance allowance(int most) {
    int perWebhook = claimable(nobody);
    Map<Long, Integer> limits = new HashMap<>();
    accounts.forEach((webhook, account) -> {
      // Trusted ones that hold nothing get as many as newcomers first, and the rest with the next
      // claim: otherwise every webhook that is known would have to be named.
      boolean likeNobody = account.count == 0 && account.trust() == Trust.TRUSTED;
      if (perWebhook == 0 || !likeNobody) {
        int limit = claimable(account);
        account.waits = limit == 0;
        if (limit != perWebhook) {
          limits.put(webhook, limit);
        }
      }
    });
    newcomersWait = perWebhook == 0;
    int places = used < openToAll ? openToAll - used : free();
    boolean anybody = perWebhook > 0 || !limits.isEmpty();
    int total = anybody ? Math.max(0, Math.min(most, places)) : 0;
    return new Allowance(perWebhook, limits, total, places * placeBytes);
  }

  /** Returns how many deliveries of a webhook a claim may bring. */
  private int claimable(Account account) {
    int most = most(account);
    return account.count > most / 2
        ? 0
        : Math.max(0, Math.min(most - account.count, open(account)));
  }

  /** Returns, if memory is short, how many deliveries webhooks hold beyond what they may. */
  Map<Long, Integer> excess() {
    if (!isShort()) {
      return Map.of();
    }
    Map<Long, Integer> excess = new HashMap<>();
    accounts.forEach((webhook, account) -> {
      int beyond = account.count - most(account);
      if (account.trust() != Trust.TRUSTED && beyond > 0) {
        excess.put(webhook, beyond);
      }
    });
    return excess;
  }

  /** Returns whether what suspects held before they became suspect may be in others' way. */
  private boolean isShort() {
    return used > capacity / 2 || placesOf(Trust.SUSPECT) > openToSuspects / 2;
  }

  /** Returns whether there is room now for what had none; does not return it again. */
  boolean takeFreed() {
    boolean taken = freed;
    freed = false;
    return taken;
  }

  private void noticeRoom(Account account) {
    if (account.waits && claimable(account) > 0) {
      account.waits = false;
      freed = true;
    }
    if (newcomersWait && claimable(nobody) > 0 && open(nobody) >= capacity / SHARE_WORTH_A_CLAIM) {
      newcomersWait = false;
      freed = true;
    }
  }

  /** Returns how many deliveries a webhook may hold. */
  private int most(Account account) {
    if (account.trust() == Trust.TRUSTED && used >= openToAll) {
      return account.little();
    }
    int share = switch (account.trust()) {
      case TRUSTED -> Math.min(mostOfTrusted, openToAll - used);
      case UNKNOWN -> mostOfUnknown;
      case SUSPECT -> 0;
    };
    return Math.max(account.enough(), share / usualPlaces(account));
  }

  /** Returns how many places are left in the part of the memory that is open to a webhook. */
  private int open(Account account) {
    int suspect = placesOf(Trust.SUSPECT);
    int untrusted = suspect + placesOf(Trust.UNKNOWN);
    int openToUnknown = Math.min(openToUntrusted - untrusted, openToAll - used);
    return switch (account.trust()) {
      case TRUSTED -> (account.count < account.little() ? capacity : openToAll) - used;
      case UNKNOWN -> openToUnknown;
      case SUSPECT -> Math.min(openToSuspects - suspect, openToUnknown);
    };
  }

  /** Returns how many places a delivery takes as a rule. */
  private int usualPlaces(Account account) {
    if (account.count > 0) {
      return account.places / account.count;
    }
    return count > 0 ? used / count : 1;
  }

  private int places(int size) {
    return (int) Math.max(1, Math.min(capacity, (size + placeBytes - 1) / placeBytes));
  }

  private int placesOf(Trust trust) {
    return placesBy.getOrDefault(trust, 0);
  }

  private void move(Trust trust, int places) {
    used += places;
    placesBy.merge(trust, places, Integer::sum);
  }

  /** The deliveries that one webhook holds, and how far it is trusted. */
  private final class Account {
    private @Nullable Standing standing;
    private int count;
    private int places;
    /** True if something had to stay in the store for want of room. */
    private boolean waits;

    private Trust trust() {
      return present().trust();
    }

    /** Returns how many deliveries keep it busy. */
    private int enough() {
      return 2 * present().allowed();
    }

    /** Returns how many deliveries it may hold in the part that is kept for those with few. */
    private int little() {
      return Math.max(1, present().allowed() / 2);
    }

    private Standing present() {
      return standing == null ? newcomer : standing;
    }

    private void clear() {
      count = 0;
      places = 0;
      waits = false;
    }
  }
}
