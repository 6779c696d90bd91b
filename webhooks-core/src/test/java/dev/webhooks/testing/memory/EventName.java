package dev.webhooks.testing.memory;

/** What makes an event unique; also the lock of one that is being stored. */
record EventName(String account, String publicId) {}
