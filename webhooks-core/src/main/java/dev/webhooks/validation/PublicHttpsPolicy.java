package dev.webhooks.validation;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.transport.TargetGuard;
import dev.webhooks.spi.transport.TargetRefusedException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses a URL strictly, then has its host looked up once. */
final class PublicHttpsPolicy implements UrlPolicy {
  /** More than a guard takes, so that the limit is the guard's. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String REMEDY =
      ": webhooks are sent over the internet; use a public name, such as hooks.example.com";

  private final TargetGuard guard;
  private final AllowedTargets allowed;
  private final AllowedPorts ports;

  PublicHttpsPolicy(TargetGuard guard, AllowedTargets allowed, AllowedPorts ports) {
    this.guard = guard;
    this.allowed = allowed;
    this.ports = ports;
  }

  @Override
  public ValidUrl validate(String url) {
    Objects.requireNonNull(url, "url");
    ValidUrl valid = UrlParser.parse(url);
    if (!ports.allows(valid.port())) {
      throw invalid("the port of the URL must be one of " + ports);
    }
    try {
      guard.resolve(valid.host(), PATIENCE);
    } catch (TargetRefusedException e) {
      // Without the cause: its message is ours today, but a host may plug in another guard.
      throw invalid(rule(valid.host(), e.error()));
    }
    if (isLocalName(valid.host())) {
      throw invalid(localName(valid.host()));
    }
    return valid;
  }

  /** Returns what is wrong in words that name what the customer wrote, and no address behind it. */
  private String rule(String host, DeliveryError error) {
    if (error == DeliveryError.DNS) {
      return SafeText.quote(host) + " could not be resolved; try again if that host exists";
    }
    byte @Nullable [] literal = IpText.parse(host);
    if (literal != null) {
      return PublicAddresses.refusal(literal).isPresent()
          ? host + " is not a public address" + REMEDY
          : host + " must not be called from here; use another host";
    }
    return isLocalName(host)
        ? localName(host)
        : "the host of the URL has an address that is not public, or that must not be called from"
            + " here; use another host";
  }

  private boolean isLocalName(String host) {
    return IpText.parse(host) == null && !HostName.isPublic(host) && !allowed.allowsHost(host);
  }

  private static String localName(String host) {
    return SafeText.quote(host) + " is not a public name" + REMEDY;
  }

  private static WebhookException invalid(String rule) {
    return new WebhookException(ErrorCode.INVALID_URL, rule);
  }
}
