package dev.webhooks;

import dev.webhooks.internal.engine.DeliveryEngine;
import dev.webhooks.internal.registry.ManualRetries;
import dev.webhooks.internal.registry.Reencryptor;
import dev.webhooks.internal.registry.WebhookImports;
import dev.webhooks.internal.registry.WebhookTester;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.registry.DeliveryLogs;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.validation.PublicTargetGuard;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The parts of an instance, put together by the builder. */
record Assembly(
    EventCatalog events,
    WebhookStore store,
    WebhookTransport transport,
    DeliveryEngine engine,
    WebhookRegistry registry,
    DeliveryLogs logs,
    ManualRetries retries,
    WebhookTester tests,
    WebhookImports imports,
    Reencryptor reencryptor,
    @Nullable AmbientTransactions ambientTransactions,
    PublicTargetGuard guard,
    boolean sending,
    Duration closeGrace) {}
