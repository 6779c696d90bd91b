package dev.webhooks.spi.store;

/** How much is known to be wrong with an endpoint. */
public enum EndpointState {
  /** Nothing: there is no {@link EndpointHealth} of it. */
  SOUND,
  /** Its latest attempts have failed. */
  FAILING,
  /** It is left alone, and then probed by one instance with one delivery. */
  HELD
}
