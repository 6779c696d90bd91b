package dev.webhooks.store.jdbc;

/**
 * A text that is compared byte by byte: an account, an event type or pattern, an id that a host
 * gave. Databases whose collation may say otherwise store it in another form than plain text.
 */
record Key(String text) {}
