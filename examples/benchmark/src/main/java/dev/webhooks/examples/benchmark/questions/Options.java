package dev.webhooks.examples.benchmark.questions;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How to measure.
 *
 * @param product which database
 * @param url the JDBC URL of an empty one to use; empty to start one
 * @param runs how many runs count
 * @param warmUps how many runs come before them
 * @param scale a factor for the usual numbers of events and times
 * @param connections the size of the host's pool
 * @param threads how many attempts db-scheduler makes at once, and its connections
 * @param publishers the numbers of publishing threads to compare with
 * @param heap the largest heap of a process that sends
 * @param out where the JSON file and the table go
 */
public record Options(
    String product,
    String url,
    int runs,
    int warmUps,
    double scale,
    int connections,
    int threads,
    List<Integer> publishers,
    String heap,
    Path out) {

  private static final List<String> PRODUCTS = List.of("postgresql", "mariadb", "h2");

  private static final Options USUAL = new Options(
      "postgresql", "", 5, 1, 1, 16, 64, List.of(64, 8, 1), "1g", Path.of("benchmark-results"));

  /** Reads arguments: a product, and options that begin with two dashes, in any order. */
  public static Options of(String... arguments) {
    Options options = USUAL;
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (PRODUCTS.contains(argument)) {
        options = options.set("--product", argument);
      } else if (i + 1 < arguments.length) {
        options = options.set(argument, arguments[++i]);
      } else {
        throw new IllegalArgumentException(
            argument + " is neither one of " + PRODUCTS + " nor an option with its value");
      }
    }
    return options;
  }

  private Options set(String name, String value) {
    boolean given = name.equals("--url");
    return switch (name) {
      case "--product", "--url" ->
        new Options(
            given ? value.split(":")[1] : value,
            given ? value : url,
            runs,
            warmUps,
            scale,
            connections,
            threads,
            publishers,
            heap,
            out);
      case "--runs" -> counting(Integer.parseInt(value), warmUps, scale);
      case "--warm-ups" -> counting(runs, Integer.parseInt(value), scale);
      case "--scale" -> counting(runs, warmUps, Double.parseDouble(value));
      case "--connections" -> sized(Integer.parseInt(value), threads, publishers, heap, out);
      case "--threads" -> sized(connections, Integer.parseInt(value), publishers, heap, out);
      case "--publishers" -> sized(connections, threads, numbers(value), heap, out);
      case "--heap" -> sized(connections, threads, publishers, value, out);
      case "--out" -> sized(connections, threads, publishers, heap, Path.of(value));
      default -> throw new IllegalArgumentException("there is no option " + name);
    };
  }

  private static List<Integer> numbers(String value) {
    return Arrays.stream(value.split(",")).map(Integer::parseInt).toList();
  }

  private Options counting(int newRuns, int newWarmUps, double newScale) {
    return new Options(
        product, url, newRuns, newWarmUps, newScale, connections, threads, publishers, heap, out);
  }

  private Options sized(
      int newConnections,
      int newThreads,
      List<Integer> newPublishers,
      String newHeap,
      Path newOut) {
    return new Options(
        product,
        url,
        runs,
        warmUps,
        scale,
        newConnections,
        newThreads,
        newPublishers,
        newHeap,
        newOut);
  }

  /** Returns a usual number, scaled; at least 1. */
  public int scaled(int usual) {
    return (int) Math.max(1, Math.round(usual * scale));
  }
}
