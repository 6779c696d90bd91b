package dev.webhooks.testing.memory;

/** The name by which an event is unique; also the lock of one that is being stored. */
record EventName(String account, String publicId) {}
