package dev.webhooks;

import dev.webhooks.internal.engine.DeliveryEngine;
import dev.webhooks.internal.registry.ManualRetries;
import dev.webhooks.internal.registry.Reencryptor;
import dev.webhooks.internal.registry.WebhookImports;
import dev.webhooks.internal.registry.WebhookTester;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.registry.DeliveryLogs;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.WebhookTransport;

/** The parts of an instance, put together by the {@link Assembler}. */
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
    PublicTargetGuard guard) {}
