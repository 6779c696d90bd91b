package dev.webhooks.delivery;

import dev.webhooks.internal.time.IdGenerator;
import dev.webhooks.registry.ConfigurationCodec;
import dev.webhooks.signing.Signer;
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
 * The parts that an engine is made of.
 *
 * @param store where everything is kept
 * @param transport sends requests
 * @param signer signs them
 * @param codec reads stored headers and secrets
 * @param events which events may be published
 * @param headers which custom headers may be sent
 * @param payloads which payloads may be published
 * @param settings bounds and times
 * @param listener is told what becomes of deliveries
 * @param tracing connects attempts with the trace in which their event was published
 * @param sendTraceparent whether endpoints are sent the context of the event
 * @param ids makes ids
 * @param random the source of jitter; used by several threads
 * @param ticker measures elapsed time
 * @param wallClock the machine's clock, used only to notice that the machine slept
 * @param clock in place of the database's time, for tests; else null
 * @param runner runs background work; null for threads
 * @param userAgent the value of the {@code User-Agent} header
 * @param version the library's version
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
