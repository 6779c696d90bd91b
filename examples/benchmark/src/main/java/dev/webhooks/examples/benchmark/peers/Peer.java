package dev.webhooks.examples.benchmark.peers;

import java.util.Arrays;
import java.util.Locale;

/** The peers that are compared. */
public enum Peer {
  /** This library, with its defaults. */
  OURS,
  /**
   * A sender as one would build it on db-scheduler: its table as the queue, OkHttp, a row per
   * attempt.
   */
  DB_SCHEDULER,
  /** OkHttp alone: no database, nothing survives, nothing is retried. */
  OKHTTP;

  /** Returns its name in keys, such as {@code db_scheduler}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns its name for people, such as {@code db-scheduler}. */
  public String label() {
    return switch (this) {
      case OURS -> "ours";
      case DB_SCHEDULER -> "db-scheduler";
      case OKHTTP -> "bare OkHttp";
    };
  }

  /**
   * Returns the one with a key, which may be written with a dash.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Peer of(String key) {
    return Arrays.stream(values())
        .filter(peer -> peer.key().equals(key.replace('-', '_')))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(key + " is none of ours, db-scheduler, okhttp"));
  }

  public boolean needsDatabase() {
    return this != OKHTTP;
  }

  /** Starts a sender of this kind. */
  public Sender open(SenderOptions options) throws Exception {
    return switch (this) {
      case OURS -> new Ours(options);
      case DB_SCHEDULER -> new DbScheduler(options);
      case OKHTTP -> new BareOkHttp(options);
    };
  }
}
