package dev.webhooks;

import dev.webhooks.internal.validation.CatalogEventPolicy;
import dev.webhooks.internal.validation.JacksonJsonCodec;
import dev.webhooks.internal.validation.JsonPayloadPolicy;
import dev.webhooks.internal.validation.PublicHttpsPolicy;
import dev.webhooks.internal.validation.PublicTargetGuard;
import dev.webhooks.internal.validation.StandardHeaderPolicy;
import dev.webhooks.internal.validation.StandardSecretPolicy;
import dev.webhooks.internal.validation.TargetRules;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.Body;
import dev.webhooks.management.HostCall;
import dev.webhooks.management.ManagementApi;
import dev.webhooks.management.PortalOptions;
import dev.webhooks.micrometer.WebhooksMetrics;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryQuery;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventType;
import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.Webhook;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookImport;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.model.WebhookStatistics;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.Signer;
import dev.webhooks.signing.WebhookVerifier;
import dev.webhooks.spi.JsonCodec;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.testing.LocalEndpoint;
import dev.webhooks.testing.ReceivedRequest;
import dev.webhooks.testing.SampleRequest;
import dev.webhooks.testing.TestAnswer;
import dev.webhooks.testing.TestClock;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.ThreadTransactions;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.HeaderPolicy;
import dev.webhooks.validation.PayloadPolicy;
import dev.webhooks.validation.SecretPolicy;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.UrlPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** An instance of everything that can be called or given in a call. */
final class SampleArguments implements AutoCloseable {
  private static final String URL = "https://hooks.acme.example/in";
  private static final String SECRET = "a secret of 16 or more";

  private final Map<Class<?>, Object> samples = new HashMap<>();
  private final TestWebhooks kit = TestWebhooks.inMemory(EventCatalog.acceptingAny());
  private final LocalEndpoint endpoint = LocalEndpoint.start();
  private final PublicTargetGuard guard = PublicTargetGuard.create();

  SampleArguments() {
    addValues();
    addModel();
    addParts();
    addKit();
  }

  @SuppressWarnings("AddressSelection") // An address, which is not looked up.
  private void addValues() {
    add(int.class, 1);
    add(long.class, 1L);
    add(boolean.class, true);
    add(Integer.class, 1);
    add(Long.class, 1L);
    add(String.class, "sample");
    add(Object.class, Map.of());
    add(byte[].class, "{}".getBytes(StandardCharsets.UTF_8));
    add(int[].class, new int[] {200});
    add(List.class, List.of());
    add(Map.class, Map.of());
    add(Set.class, Set.of());
    add(UUID.class, new UUID(1, 1));
    add(Instant.class, Instant.EPOCH);
    add(Duration.class, Duration.ofSeconds(1));
    add(Throwable.class, new IllegalStateException());
    add(RuntimeException.class, new IllegalStateException());
    add(InetAddress.class, InetAddress.getLoopbackAddress());
  }

  private void addModel() {
    add(Event.class, Event.of("order.paid", Map.of()));
    add(EventCatalog.class, EventCatalog.builtIn());
    add(EventCatalog.Builder.class, EventCatalog.builder());
    add(EventType.class, new EventType("order.paid", "An order was paid", Set.of()));
    add(DeliveryQuery.class, DeliveryQuery.latest());
    add(Secret.class, Secret.of(SECRET));
    add(SecretRotation.class, SecretRotation.generated());
    add(WebhookDraft.class, WebhookDraft.to(URL).events("*"));
    add(WebhookException.class, new WebhookException(ErrorCode.INVALID_URL, "sample"));
    add(WebhookImport.class, WebhookImport.of("17", WebhookDraft.to(URL).events("*")));
    add(WebhookPatch.class, WebhookPatch.empty());
    add(WebhookQuery.class, WebhookQuery.all());
    add(WebhookStatistics.class, WebhookStatistics.NONE);
    add(RetrySchedule.class, RetrySchedule.standard());
  }

  private void addParts() {
    JsonCodec codec = JacksonJsonCodec.create();
    add(JsonCodec.class, codec);
    add(
        SignatureScheme.Freshness.class,
        new SignatureScheme.Freshness(Instant.EPOCH, Duration.ZERO));
    add(SignatureScheme.class, SignatureScheme.timestamped());
    add(Signer.class, Signer.standard());
    add(WebhookVerifier.class, WebhookVerifier.of(SECRET));
    add(WebhookVerifier.Builder.class, WebhookVerifier.builder());
    add(EventPolicy.class, new CatalogEventPolicy(EventCatalog.builtIn()));
    add(HeaderPolicy.class, new StandardHeaderPolicy(Set.of()));
    add(PayloadPolicy.class, new JsonPayloadPolicy(codec, 100));
    add(SecretPolicy.class, new StandardSecretPolicy());
    add(TargetGuard.class, guard);
    add(UrlPolicy.class, new PublicHttpsPolicy(guard, TargetRules.publicOnly()));
    add(MeterRegistry.class, new SimpleMeterRegistry());
    add(WebhooksMetrics.class, WebhooksMetrics.on(new SimpleMeterRegistry()));
  }

  private void addKit() {
    InMemoryWebhookStore store = new InMemoryWebhookStore();
    add(WebhookStore.class, store);
    add(HostTransaction.class, store.begin());
    add(ThreadTransactions.class, new ThreadTransactions());
    add(PortalOptions.class, PortalOptions.standard());
    add(Webhooks.class, kit.webhooks());
    add(WebhooksBuilder.class, Webhooks.builder());
    AccountWebhooks acme = kit.account("acme");
    add(AccountWebhooks.class, acme);
    add(Webhook.class, acme.create(WebhookDraft.to(URL).events("*")).webhook());
    acme.publish(Event.of("order.paid", Map.of()));
    add(Delivery.class, kit.deliveries("acme").get(0));
    add(TestWebhooks.class, kit);
    add(LocalEndpoint.class, endpoint);
    add(TestReceiver.class, kit.receiver(URL));
    add(TestAnswer.class, TestAnswer.status(200));
    add(TestClock.class, new TestClock(Instant.EPOCH));
    add(
        ReceivedRequest.class,
        new ReceivedRequest(URL, Map.of(), new byte[0], Instant.EPOCH, true));
    add(SampleRequest.class, SampleRequest.of(Event.of("order.paid", Map.of()), SECRET));
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    Map<String, List<String>> headers = Map.of("authorization", List.of("Bearer token"));
    ApiRequest request = new ApiRequest("POST", "/sample", null, headers, body);
    ManagementApi api = ManagementApi.on(kit.webhooks(), token -> Optional.of("acme"))
        .withRoute("POST", "/sample", call -> {
          add(HostCall.class, call);
          add(Body.class, call.body());
          return ApiResponse.json(200, Map.of());
        });
    add(ApiRequest.class, request);
    add(ApiResponse.class, api.handle(request));
    add(ManagementApi.class, api);
  }

  private <T> void add(Class<T> type, T sample) {
    samples.put(type, sample);
  }

  /** Returns whether the library itself implements an interface. */
  boolean has(Class<?> type) {
    return samples.containsKey(type);
  }

  /** Returns an instance of a type: what was added, or one that does nothing. */
  Object of(Class<?> type) {
    Object sample = samples.get(type);
    if (sample != null) {
      return sample;
    }
    if (type.isArray()) {
      Object array = Array.newInstance(type.getComponentType(), 1);
      Array.set(array, 0, of(type.getComponentType()));
      return array;
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    if (type.isInterface()) {
      return Proxy.newProxyInstance(
          type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> null);
    }
    throw new IllegalArgumentException("no sample of " + type.getName());
  }

  @Override
  public void close() {
    guard.close();
    endpoint.close();
    kit.close();
  }
}
