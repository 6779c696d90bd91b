package dev.webhooks.okhttp;

/** Stands in until this package has its first type. */
public final class Placeholder {
  private Placeholder() {}
}
