package dev.webhooks.examples.restserver;

/**
 * Serves the management API, and a route that publishes events, over HTTP.
 *
 * <p>It prints one line when it is ready, and ends in order when it is asked to (SIGTERM or
 * Ctrl+C). If it cannot start it says why in one line on standard error and exits, with 2 if the
 * configuration is at fault and with 1 if something around it is.
 */
public final class Main {
  private static final int OUTSIDE = 1;
  private static final int CONFIGURATION = 2;

  private Main() {}

  public static void main(String[] args) {
    HttpLimits.apply();
    try {
      RestServer server = RestServer.start(Configuration.from(System.getenv()));
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "shutdown"));
      System.out.println("listening on http://127.0.0.1:" + server.port());
    } catch (ConfigurationException e) {
      fail(CONFIGURATION, e);
    } catch (StartException e) {
      fail(OUTSIDE, e);
    }
  }

  private static void fail(int exitCode, Exception why) {
    // One line, whatever stands in a variable that is quoted.
    System.err.println("rest-server: " + why.getMessage().replaceAll("\\p{Cntrl}", "?"));
    System.exit(exitCode);
  }
}
