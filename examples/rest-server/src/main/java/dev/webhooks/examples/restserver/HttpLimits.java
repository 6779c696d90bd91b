package dev.webhooks.examples.restserver;

/**
 * Bounds what clients can take from the JDK's HTTP server, which takes its limits from system
 * properties only. Those that were given on the command line stay.
 */
final class HttpLimits {
  private static final String CONNECTIONS = "jdk.httpserver.maxConnections";
  private static final int MAX_CONNECTIONS = 1_024;

  private HttpLimits() {}

  /** To be called before the server's classes are loaded. */
  static void apply() {
    limit(CONNECTIONS, MAX_CONNECTIONS);
    // Seconds until a request must have been read, and answered: slow clients are cut off.
    limit("sun.net.httpserver.maxReqTime", 20);
    limit("sun.net.httpserver.maxRspTime", 60);
    limit("sun.net.httpserver.maxReqHeaderSize", 64 * 1024);
    // How much of a body that is too large is read all the same, so that its sender sees the
    // answer.
    limit("sun.net.httpserver.drainAmount", 8 * 1024 * 1024);
    setUnlessGiven("sun.net.httpserver.nodelay", "true");
  }

  /** Returns how many connections may be open, and so how many requests under way. */
  static int connections() {
    return Integer.getInteger(CONNECTIONS, MAX_CONNECTIONS);
  }

  private static void limit(String property, int value) {
    setUnlessGiven(property, Integer.toString(value));
  }

  private static void setUnlessGiven(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
