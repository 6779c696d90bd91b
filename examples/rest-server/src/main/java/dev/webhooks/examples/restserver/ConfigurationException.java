package dev.webhooks.examples.restserver;

import java.util.List;

/** Says what is wrong with the environment's variables, all of it at once. */
final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConfigurationException(List<String> problems) {
    super(String.join("; ", problems));
  }
}
