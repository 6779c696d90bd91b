package dev.webhooks.examples.restserver;

import dev.webhooks.management.PortalOptions;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.spi.SecretCipher;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The settings that the environment gives.
 *
 * @param port where to listen, 0 for any free port
 * @param databaseUrl a JDBC URL
 * @param databaseUser empty if the URL says it, or none is needed
 * @param databasePassword empty if the URL says it, or none is needed
 * @param tokens the account of each bearer token
 * @param allowedTargets hosts, addresses and ranges that may be called although not public
 * @param cipher encrypts secrets and headers at rest
 * @param authorities whom to trust beside the platform's certificate authorities
 * @param retrySchedule when failed attempts are repeated
 * @param requestTimeout how long an attempt may take
 * @param portal the portal's title, links and who may embed it
 * @param maxWebhooks how many webhooks an account may have
 */
record Configuration(
    int port,
    String databaseUrl,
    String databaseUser,
    String databasePassword,
    Map<String, String> tokens,
    List<String> allowedTargets,
    SecretCipher cipher,
    List<X509Certificate> authorities,
    RetrySchedule retrySchedule,
    Duration requestTimeout,
    PortalOptions portal,
    int maxWebhooks) {

  /**
   * Reads the configuration.
   *
   * @throws ConfigurationException naming every variable that is wrong, and never a secret
   */
  static Configuration from(Map<String, String> variables) {
    Environment environment = new Environment(variables);
    Configuration configuration = new Configuration(
        environment.read("PORT", 8080, text -> Values.integer(text, 0, 65_535)),
        environment.read("DATABASE_URL", "jdbc:h2:file:./webhooks", Database::supported),
        environment.read("DATABASE_USER", "", text -> text),
        environment.read("DATABASE_PASSWORD", "", text -> text),
        environment.require("API_TOKENS", Map.of(), Values::tokens),
        environment.read("ALLOW_TARGETS", List.of(), Values::targets),
        environment.read("ENCRYPTION_KEY", SecretCipher.none(), Values::cipher),
        environment.read("TRUST_CERTIFICATE", List.of(), Certificates::read),
        environment.read("RETRY_SCHEDULE", RetrySchedule.standard(), Durations::schedule),
        environment.read("REQUEST_TIMEOUT", Duration.ofSeconds(30), Durations::timeout),
        portal(environment),
        environment.read("MAX_WEBHOOKS", 50, text -> Values.integer(text, 1, 1_000_000)));
    environment.requireNoProblems();
    return configuration;
  }

  /** Signing out ends at the sign-in page: a portal token is stored nowhere but in the portal. */
  private static PortalOptions portal(Environment environment) {
    PortalOptions plain = PortalOptions.standard().signOut(SignIn.PATH);
    PortalOptions embedded = environment.read(
        "PORTAL_ORIGINS",
        plain,
        Values.portal(text -> plain.embeddedIn(Values.list(text).toArray(String[]::new))));
    PortalOptions titled =
        environment.read("PORTAL_TITLE", embedded, Values.portal(embedded::title));
    return environment.read(
        "PORTAL_BACK_URL", titled, Values.portal(url -> titled.backTo("Back", url)));
  }

  /** Returns a text without the tokens and the password. */
  @Override
  public String toString() {
    return "Configuration[port=" + port + ", accounts=" + tokens.size() + "]";
  }
}
