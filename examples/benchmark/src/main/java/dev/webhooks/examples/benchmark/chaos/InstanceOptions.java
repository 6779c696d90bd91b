package dev.webhooks.examples.benchmark.chaos;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The options of a child process, as they stand on its command line.
 *
 * @param url the database's
 * @param certificate the file with the receiver's certificate
 * @param name the name of the instance, the same in all of its lives
 * @param life a number that no other process of the scenario has
 * @param pool how many connections the host's pool has
 * @param threads how many threads publish
 */
record InstanceOptions(String url, Path certificate, String name, int life, int pool, int threads) {
  /** Order numbers of a life begin at its number times this. */
  static final long ORDERS_OF_A_LIFE = 1_000_000_000;

  private static final String AGENT = "chaos/";

  static InstanceOptions parse(String... arguments) {
    Map<String, String> values = new HashMap<>();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      values.put(argument.substring(0, equals), argument.substring(equals + 1));
    }
    return new InstanceOptions(
        values.get("url"),
        Path.of(values.get("certificate")),
        values.get("name"),
        Integer.parseInt(values.get("life")),
        Integer.parseInt(values.get("pool")),
        Integer.parseInt(values.get("threads")));
  }

  List<String> arguments() {
    return List.of(
        "url=" + url,
        "certificate=" + certificate,
        "name=" + name,
        "life=" + life,
        "pool=" + pool,
        "threads=" + threads);
  }

  String userAgent() {
    return AGENT + name + "." + life;
  }

  /** Returns the life that a user agent names. */
  static int lifeOf(String userAgent) {
    return Integer.parseInt(userAgent.substring(userAgent.lastIndexOf('.') + 1));
  }

  /** Returns the life that published an order. */
  static int lifeOf(long order) {
    return (int) (order / ORDERS_OF_A_LIFE);
  }
}
