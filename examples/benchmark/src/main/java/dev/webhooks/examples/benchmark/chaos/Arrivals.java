package dev.webhooks.examples.benchmark.chaos;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Remembers requests in columns, 52 bytes each, so that millions fit. Thread-safe. */
final class Arrivals {
  private static final int MOST_SKEW = 30_000;

  private final Map<String, Integer> senderNumbers = new HashMap<>();
  private final List<String> senders = new ArrayList<>();
  private int size = 0;
  private int[] endpoint = new int[1_024];
  private long[] order = new long[1_024];
  private long[] event = new long[1_024];
  private long[] delivery = new long[1_024];
  private byte[] attempt = new byte[1_024];
  private short[] sender = new short[1_024];
  private long[] publishedAt = new long[1_024];
  private long[] at = new long[1_024];
  private short[] status = new short[1_024];
  private short[] skew = new short[1_024];

  /** Adds a request that is not answered yet; returns its row. */
  synchronized int add(Request request, long now) {
    if (size == order.length) {
      grow(size * 2);
    }
    int row = size++;
    endpoint[row] = request.endpoint();
    order[row] = request.order();
    event[row] = request.eventHash();
    delivery[row] = request.deliveryHash();
    attempt[row] = (byte) request.attempt();
    sender[row] = (short) senderNumber(request.userAgent());
    publishedAt[row] = request.publishedAt();
    at[row] = now;
    long seconds = request.signedAt() - System.currentTimeMillis() / 1_000;
    skew[row] = (short) Math.max(-MOST_SKEW, Math.min(MOST_SKEW, seconds));
    return row;
  }

  /** Notes what was answered to the request in a row. */
  synchronized void answered(int row, int answer) {
    status[row] = (short) answer;
  }

  synchronized int size() {
    return size;
  }

  /** Shows all requests from a row on, in the order in which they came. */
  void forEach(int from, Consumer<Arrival> action) {
    int end = size();
    for (int row = from; row < end; row++) {
      action.accept(get(row));
    }
  }

  void forEach(Consumer<Arrival> action) {
    forEach(0, action);
  }

  /** Returns the user agents of the senders, by their number. */
  synchronized List<String> senders() {
    return List.copyOf(senders);
  }

  /** Returns the request in a row. */
  synchronized Arrival get(int row) {
    return new Arrival(
        endpoint[row],
        order[row],
        event[row],
        delivery[row],
        attempt[row],
        sender[row],
        publishedAt[row],
        at[row],
        status[row],
        skew[row]);
  }

  private int senderNumber(String userAgent) {
    return senderNumbers.computeIfAbsent(userAgent, name -> {
      senders.add(name);
      return senders.size() - 1;
    });
  }

  private void grow(int rows) {
    endpoint = Arrays.copyOf(endpoint, rows);
    order = Arrays.copyOf(order, rows);
    event = Arrays.copyOf(event, rows);
    delivery = Arrays.copyOf(delivery, rows);
    attempt = Arrays.copyOf(attempt, rows);
    sender = Arrays.copyOf(sender, rows);
    publishedAt = Arrays.copyOf(publishedAt, rows);
    at = Arrays.copyOf(at, rows);
    status = Arrays.copyOf(status, rows);
    skew = Arrays.copyOf(skew, rows);
  }
}
