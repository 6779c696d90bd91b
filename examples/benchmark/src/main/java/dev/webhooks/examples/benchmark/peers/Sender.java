package dev.webhooks.examples.benchmark.peers;

import java.sql.Connection;
import java.util.List;

/**
 * A way to send webhooks that is measured beside others. All do the same work as far as the outside
 * sees: a body of the same bytes with the same two signatures to the same endpoints, each attempt
 * logged where there is a database. Thread-safe, but for {@link #subscribe}.
 */
public interface Sender extends AutoCloseable {
  /** The topic that every endpoint hears of. */
  int EVERY_ENDPOINT = -1;

  /** Returns how it is tuned, for the report. */
  String settings();

  /**
   * Replaces all endpoints.
   *
   * @param urls the endpoint at an index hears of the topic of that number, and of
   *     {@link #EVERY_ENDPOINT}
   */
  void subscribe(List<String> urls) throws Exception;

  /**
   * Publishes an event in a transaction of its own; returns once it will be sent whatever comes.
   */
  void publish(int topic, byte[] payload) throws Exception;

  /**
   * Publishes an event in a transaction of the host, who commits it.
   *
   * @return what the host has to call after its commit, so that the event is sent at once
   */
  Runnable publish(Connection transaction, int topic, byte[] payload) throws Exception;

  /** Publishes one event for each payload in one transaction, for topics in turn from 0. */
  default void publishTogether(List<byte[]> payloads, int topics) throws Exception {
    throw new UnsupportedOperationException("publishes one by one");
  }

  /** Returns whether everything has been sent and written down. */
  boolean isIdle() throws Exception;

  /** Ends sending; what is not sent stays in the database. */
  @Override
  void close() throws Exception;
}
