package dev.webhooks.store.jdbc;

/**
 * A text that is compared byte by byte: an account, an event type or pattern, or a given id.
 * Dialects store it so that the database's collation does not matter.
 */
record Key(String text) {}
