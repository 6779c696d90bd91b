package dev.webhooks.validation;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.transport.TargetGuard;
import dev.webhooks.spi.transport.TargetRefusedException;
import java.time.Duration;

/** Parses a URL strictly, then has its host looked up once. */
final class PublicHttpsPolicy implements UrlPolicy {
  /** More than a guard takes, so that the limit is the guard's. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final UrlParser parser;
  private final TargetGuard guard;
  private final AllowedPorts ports;

  PublicHttpsPolicy(UrlParser parser, TargetGuard guard, AllowedPorts ports) {
    this.parser = parser;
    this.guard = guard;
    this.ports = ports;
  }

  @Override
  public ValidUrl validate(String url) {
    ValidUrl valid = parser.parse(url);
    if (!ports.allows(valid.port())) {
      throw new WebhookException(
          ErrorCode.INVALID_URL, "the port of the URL must be one of " + ports);
    }
    try {
      guard.resolve(valid.host(), PATIENCE);
    } catch (TargetRefusedException e) {
      // Without the cause: its message is ours today, but a host may plug in another guard.
      throw new WebhookException(ErrorCode.INVALID_URL, rule(e.error()));
    }
    return valid;
  }

  private static String rule(DeliveryError error) {
    return error == DeliveryError.DNS
        ? "the host of the URL could not be resolved; try again if it exists"
        : "every address of the URL's host must be public, and none refused here";
  }
}
