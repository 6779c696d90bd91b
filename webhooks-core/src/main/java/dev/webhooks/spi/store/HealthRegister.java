package dev.webhooks.spi.store;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the health of endpoints with which something is wrong, so that all instances suspend them
 * together. Each method is a transaction of its own, or a few small ones.
 *
 * <p>A host's transaction may keep rows locked for minutes. No method waits for one: it leaves the
 * row out, and the caller tries again later.
 */
public interface HealthRegister {
  /**
   * Changes what is known of endpoints, each under a lock of its own, in the order of their
   * numbers.
   *
   * @param webhooks numbers of webhooks
   * @param rule says what becomes of each; may be asked more than once
   * @return an entry for each webhook, except for those locked by another transaction
   */
  Map<Long, Change> change(Collection<Long> webhooks, Rule rule);

  /**
   * Claims one delivery for each endpoint whose suspension is over, if one is due and its webhook
   * is active. The suspension is lengthened, so that exactly one instance probes the endpoint.
   *
   * @return the deliveries, at most one for each webhook
   */
  List<ClaimedDelivery> probe(ProbeRequest request);

  /**
   * Puts an active webhook in status failed and adds 1 to its version.
   *
   * @param webhook the webhook's number
   * @param version the version to which the reason belongs: a webhook changed since then stays as
   *     it is
   * @param now the one clock's time
   */
  Failing fail(long webhook, int version, Instant now);

  /**
   * Returns the account that a webhook belongs to.
   *
   * @param webhook the webhook's number
   * @return the account, or empty if the webhook's row is gone
   */
  Optional<String> account(long webhook);

  /** Says what becomes of what is known of an endpoint. */
  @FunctionalInterface
  interface Rule {
    /**
     * Returns what is to be known from now on.
     *
     * @param webhook the webhook's number
     * @param present what is known now, or null if nothing is wrong
     * @return the same for no change, or null if nothing is wrong any more
     */
    @Nullable
    EndpointHealth apply(long webhook, @Nullable EndpointHealth present);
  }

  /**
   * The health of an endpoint before and after a change.
   *
   * @param before null if nothing was wrong
   * @param after null if nothing is wrong
   */
  record Change(@Nullable EndpointHealth before, @Nullable EndpointHealth after) {}

  /**
   * A request to probe endpoints, which keeps others away meanwhile.
   *
   * @param owner the instance
   * @param now the one clock's time
   * @param until until when nobody else probes: longer than an attempt may take
   * @param limit how many endpoints at most
   */
  record ProbeRequest(long owner, Instant now, Instant until, int limit) {}

  /** The results of putting a webhook in status failed. */
  enum Failing {
    /** It is failed now, and was not before. */
    DONE,
    /** It is not active, has been changed since, or is deleted. */
    SUPERSEDED,
    /** Another transaction has locked it: try again later. */
    BUSY
  }
}
