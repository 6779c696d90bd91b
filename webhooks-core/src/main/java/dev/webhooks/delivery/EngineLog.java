package dev.webhooks.delivery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one logger of the engine, whichever room writes. */
final class EngineLog {
  static final Logger LOG = LoggerFactory.getLogger("dev.webhooks.engine");

  private EngineLog() {}
}
