package dev.webhooks.internal.validation;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A word to the host, once, about how to allow a target that was refused since it is not public.
 * Customers are told nothing of it. Thread-safe.
 */
final class PrivateTargetHint {
  private static final Logger LOG = LoggerFactory.getLogger(PublicTargetGuard.class);

  private final AtomicBoolean given = new AtomicBoolean();

  /** Logs how to allow a host, unless one was named before. */
  void refused(String host) {
    if (given.compareAndSet(false, true)) {
      String target = SafeText.quote(host);
      LOG.warn(
          "{} was refused as the target of a webhook, since it is not public or has an address that"
              + " is not. If that is meant, as on a machine of your own, set allowTargets({}); if"
              + " not, leave it. This is logged once.",
          target,
          target);
    }
  }
}
