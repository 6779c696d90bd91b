/**
 * For tests of hosts and of stores.
 *
 * <p>A host's unit test runs its production code on {@link dev.webhooks.testing.TestWebhooks}; a
 * receiver's unit test feeds its endpoint with {@link dev.webhooks.testing.SampleRequest}. To test
 * a store, write a {@link dev.webhooks.testing.StoreFixture} for it and a class that extends
 * {@link dev.webhooks.testing.WebhookStoreContract}.
 */
package dev.webhooks.testing;
