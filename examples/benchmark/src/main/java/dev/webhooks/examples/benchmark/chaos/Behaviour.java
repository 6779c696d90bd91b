package dev.webhooks.examples.benchmark.chaos;

import java.util.Locale;

/** The behaviour of the receiver towards requests to an endpoint. */
enum Behaviour {
  /** Answers 200 at once. */
  OK,
  /** Answers 200 after 100 ms, so that there is always something under way. */
  SLOW,
  /** Never answers; holds the request until the sender gives up. */
  HANG,
  /** Answers 500. */
  FAIL,
  /** Answers 500 to the first attempt of a delivery, and 200 afterwards. */
  FLAKY,
  /** Nobody listens: the connection is refused. */
  DEAD;

  String path() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Behaviour ofPath(String path) {
    return valueOf(path.toUpperCase(Locale.ROOT));
  }
}
