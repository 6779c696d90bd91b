package dev.webhooks.internal.validation;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Parses a URL strictly, then has its host looked up once. */
public final class PublicHttpsPolicy implements UrlPolicy {
  /** More than a guard takes, so that the limit is the guard's. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String REMEDY =
      ": webhooks are sent over the internet; use a public name, such as hooks.example.com";

  private final TargetGuard guard;
  private final TargetRules rules;

  /**
   * Creates the rule.
   *
   * @param guard looks hosts up and refuses addresses
   * @param rules the same that the guard knows
   */
  public PublicHttpsPolicy(TargetGuard guard, TargetRules rules) {
    this.guard = guard;
    this.rules = rules;
  }

  @Override
  public ValidUrl validate(String url) {
    Objects.requireNonNull(url, "url");
    ValidUrl valid = UrlParser.parse(url);
    if (!rules.ports().allows(valid.port())) {
      throw invalid("the port of the URL must be one of " + rules.ports());
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
    return IpText.parse(host) == null && !rules.allowsName(host);
  }

  private static String localName(String host) {
    return SafeText.quote(host) + " is not a public name" + REMEDY;
  }

  private static WebhookException invalid(String rule) {
    return new WebhookException(ErrorCode.INVALID_URL, rule);
  }
}
