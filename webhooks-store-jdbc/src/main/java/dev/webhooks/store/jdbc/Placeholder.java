package dev.webhooks.store.jdbc;

/** Stands in until this package has its first type. */
public final class Placeholder {
  private Placeholder() {}
}
