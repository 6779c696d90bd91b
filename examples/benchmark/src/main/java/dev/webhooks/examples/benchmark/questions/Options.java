package dev.webhooks.examples.benchmark.questions;

import dev.webhooks.examples.benchmark.peers.Peer;
import dev.webhooks.examples.benchmark.report.Results;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The options of a measurement.
 *
 * @param product which database
 * @param url the JDBC URL of an empty one to use; empty to start one
 * @param runs how many runs count
 * @param givenWarmUps how many runs come before them; empty for the usual number of the question
 * @param scale a factor for the usual numbers of events and times
 * @param connections the size of the host's pool
 * @param threads how many attempts db-scheduler makes at once, and its connections
 * @param publishers the numbers of publishing threads to compare with
 * @param peers who is compared
 * @param transactions in whose transactions events are published: {@code own}, {@code host}
 * @param heap the largest heap of a process that sends
 * @param out where the JSON file, the table and the chart go
 */
public record Options(
    String product,
    String url,
    int runs,
    OptionalInt givenWarmUps,
    double scale,
    int connections,
    int threads,
    List<Integer> publishers,
    List<Peer> peers,
    List<String> transactions,
    String heap,
    Path out) {

  private static final List<String> PRODUCTS = List.of("postgresql", "mariadb", "h2");
  private static final List<String> TRANSACTIONS = List.of("own", "host");
  private static final String PRODUCT = "--product";
  private static final String WARM_UPS = "--warm-ups";

  private static final Map<String, String> USUAL = Map.ofEntries(
      Map.entry(PRODUCT, "postgresql"),
      Map.entry("--url", ""),
      Map.entry("--runs", "5"),
      Map.entry(WARM_UPS, ""),
      Map.entry("--scale", "1"),
      Map.entry("--connections", "16"),
      Map.entry("--threads", "64"),
      Map.entry("--publishers", "64,8,1"),
      Map.entry("--peers", "ours,db-scheduler,okhttp"),
      Map.entry("--transactions", "own,host"),
      Map.entry("--heap", "1g"),
      Map.entry(Results.OPTION, Results.USUAL.toString()));

  /**
   * Reads arguments: a product, and options that begin with two dashes, in any order.
   *
   * @throws IllegalArgumentException if one is not known, lacks its value or has a wrong one
   */
  public static Options of(String... arguments) {
    Map<String, String> given = new LinkedHashMap<>(USUAL);
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (PRODUCTS.contains(argument)) {
        given.put(PRODUCT, argument);
      } else if (!USUAL.containsKey(argument)) {
        throw new IllegalArgumentException(
            argument + " is neither one of " + PRODUCTS + " nor an option");
      } else if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(argument + " needs a value");
      } else {
        given.put(argument, arguments[++i]);
      }
    }
    return of(given);
  }

  private static Options of(Map<String, String> given) {
    String url = given.get("--url");
    String warmUps = given.get(WARM_UPS);
    return new Options(
        url.isEmpty() ? given.get(PRODUCT) : url.split(":")[1],
        url,
        number(given, "--runs"),
        warmUps.isEmpty() ? OptionalInt.empty() : OptionalInt.of(number(given, WARM_UPS)),
        Double.parseDouble(given.get("--scale")),
        number(given, "--connections"),
        number(given, "--threads"),
        words(given, "--publishers").stream().map(Integer::parseInt).toList(),
        words(given, "--peers").stream().map(Peer::of).toList(),
        known(TRANSACTIONS, words(given, "--transactions")),
        given.get("--heap"),
        Path.of(given.get(Results.OPTION)));
  }

  private static int number(Map<String, String> given, String option) {
    return Integer.parseInt(given.get(option));
  }

  private static List<String> words(Map<String, String> given, String option) {
    return Arrays.asList(given.get(option).split(","));
  }

  private static List<String> known(List<String> all, List<String> words) {
    if (!all.containsAll(words)) {
      throw new IllegalArgumentException(words + " are not all of " + all);
    }
    return words;
  }

  /** Returns how many runs come before those that count; 1 unless it was given. */
  public int warmUps() {
    return warmUps(1);
  }

  /**
   * Returns how many runs come before those that count.
   *
   * @param usual how many unless it was given
   */
  public int warmUps(int usual) {
    return givenWarmUps.orElse(usual);
  }

  /** Returns a usual number, scaled; at least 1. */
  public int scaled(int usual) {
    return (int) Math.max(1, Math.round(usual * scale));
  }
}
