package dev.webhooks.spi.store;

/** The states of an endpoint, by what is known to be wrong with it. */
public enum EndpointState {
  /** Nothing: there is no {@link EndpointHealth} of it. */
  HEALTHY,
  /** Its latest attempts have failed. */
  FAILING,
  /** It gets no attempts for a while; then one instance probes it with one delivery. */
  SUSPENDED
}
