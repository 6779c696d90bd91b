package dev.webhooks.internal.engine.base;

import dev.webhooks.internal.registry.ConfigurationCodec;
import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.signing.Signer;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.TaskRunner;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.Tracing;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.HeaderPolicy;
import dev.webhooks.validation.PayloadPolicy;
import java.time.InstantSource;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an engine.
 *
 * @param sendTraceparent whether endpoints are sent the context of the event
 * @param random the source of jitter; used by several threads
 * @param wallClock the machine's clock, used only to notice that the machine slept
 * @param clock in place of the database's time, for tests; else null
 * @param runner runs background work; null for threads
 */
public record EngineParts(
    WebhookStore store,
    WebhookTransport transport,
    Signer signer,
    ConfigurationCodec codec,
    EventPolicy events,
    HeaderPolicy headers,
    PayloadPolicy payloads,
    DeliverySettings settings,
    DeliveryListener listener,
    Tracing tracing,
    boolean sendTraceparent,
    IdGenerator ids,
    RandomGenerator random,
    Ticker ticker,
    InstantSource wallClock,
    @Nullable InstantSource clock,
    @Nullable TaskRunner runner,
    String userAgent,
    String version) {}
