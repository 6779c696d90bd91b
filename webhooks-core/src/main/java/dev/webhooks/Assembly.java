package dev.webhooks;

import dev.webhooks.delivery.DeliveryEngine;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.registry.DeliveryLogs;
import dev.webhooks.registry.ManualRetries;
import dev.webhooks.registry.Reencryptor;
import dev.webhooks.registry.WebhookImports;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.registry.WebhookTester;
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
