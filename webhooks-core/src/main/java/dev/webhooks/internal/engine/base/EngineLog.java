package dev.webhooks.internal.engine.base;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one logger of the engine, whichever room writes. */
public final class EngineLog {
  public static final Logger LOG = LoggerFactory.getLogger("dev.webhooks.engine");

  private EngineLog() {}
}
