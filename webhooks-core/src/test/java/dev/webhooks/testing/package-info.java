/**
 * Fixtures for tests: the contract that every store keeps.
 *
 * <p>To test a store, write a {@link dev.webhooks.testing.StoreFixture} for it and a class that
 * extends {@link dev.webhooks.testing.WebhookStoreContract}.
 */
package dev.webhooks.testing;
