package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.webhooks.model.CreatedWebhook;
import dev.webhooks.model.Delivery;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.DeliveryStatus;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventType;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.model.WebhookException;
import dev.webhooks.model.WebhookPatch;
import dev.webhooks.model.WebhookQuery;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.spi.store.WebhookStore;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.testing.TestReceiver;
import dev.webhooks.testing.TestWebhooks;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import dev.webhooks.validation.EventPolicy;
import dev.webhooks.validation.SecretPolicy;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import dev.webhooks.validation.ValidUrl;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** Replaces or decorates the rules, the registry and the store, as a host does. */
class ReplacedPartsTest {
  private static final String URL = "https://hooks.acme.example/in";

  private static TestWebhooks kit(UnaryOperator<WebhooksBuilder> options) {
    return TestWebhooks.on(new InMemoryWebhookStore(), EventCatalog.acceptingAny(), options);
  }

  private static WebhookDraft draft() {
    return WebhookDraft.to(URL).events("order.paid");
  }

  private static void assertRefused(ErrorCode code, String message, Runnable call) {
    assertThatExceptionOfType(WebhookException.class)
        .isThrownBy(call::run)
        .withMessage(message)
        .matches(e -> e.code() == code);
  }

  private static void require(boolean condition, ErrorCode code, String message) {
    if (!condition) {
      throw new WebhookException(code, message);
    }
  }

  @Test
  void a_rule_for_urls_also_asks_the_hosts_list() {
    Set<String> partners = Set.of("hooks.acme.example");
    String message = "the host of the URL is no partner of ours";
    try (TestWebhooks kit = kit(builder -> builder.urlPolicy(standard -> url -> {
      ValidUrl valid = standard.validate(url);
      require(partners.contains(valid.host()), ErrorCode.INVALID_URL, message);
      return valid;
    }))) {
      AccountWebhooks acme = kit.account("acme");

      String id = acme.create(draft()).webhook().id();
      assertRefused(
          ErrorCode.INVALID_URL,
          message,
          () -> acme.create(draft().url("https://hooks.other.example/in")));
      assertRefused(
          ErrorCode.INVALID_URL,
          message,
          () -> acme.update(id, WebhookPatch.empty().url("https://hooks.other.example/in")));
      assertRefused(
          ErrorCode.INVALID_URL,
          "the URL must begin with https://",
          () -> acme.create(draft().url("http://hooks.acme.example/in")));
      assertThat(acme.list(WebhookQuery.all()).data()).hasSize(1);
    }
  }

  @Test
  void a_rule_for_headers_is_asked_again_before_each_attempt() {
    Set<String> refused = new HashSet<>();
    try (TestWebhooks kit = kit(builder -> builder.headerPolicy(standard -> headers -> {
      boolean allowed = headers.keySet().stream().noneMatch(refused::contains);
      require(allowed, ErrorCode.INVALID_HEADER, "this header is for us alone");
      return standard.validate(headers);
    }))) {
      AccountWebhooks acme = kit.account("acme");
      TestReceiver receiver = kit.receiver(URL);
      acme.create(draft().header("X-Plan", "gold"));
      refused.add("X-Plan");

      assertRefused(
          ErrorCode.INVALID_HEADER,
          "this header is for us alone",
          () -> acme.create(draft().header("X-Plan", "gold")));
      acme.publish(Event.of("order.paid", Map.of()));
      kit.runUntilIdle();

      assertThat(receiver.requests()).isEmpty();
      assertThat(kit.deliveries("acme")).singleElement().satisfies(delivery -> {
        assertThat(delivery.error()).isEqualTo(DeliveryError.UNSENDABLE);
        assertThat(delivery.status()).isEqualTo(DeliveryStatus.PENDING);
      });
    }
  }

  @Test
  void a_rule_for_secrets_checks_and_generates_them() {
    Secret made = Secret.of("a secret of the host's own vault");
    try (TestWebhooks kit = kit(builder -> builder.secretPolicy(standard -> new SecretPolicy() {
      @Override
      public Secret validate(Secret secret) {
        boolean strong = !secret.reveal().contains("password");
        require(strong, ErrorCode.INVALID_REQUEST, "the secret is a word that is guessed");
        return standard.validate(secret);
      }

      @Override
      public Secret generate(RandomGenerator random) {
        return made;
      }
    }))) {
      AccountWebhooks acme = kit.account("acme");

      CreatedWebhook created = acme.create(draft());
      assertThat(created.secret()).contains(made);
      assertRefused(
          ErrorCode.INVALID_REQUEST,
          "the secret is a word that is guessed",
          () -> acme.rotateSecret(
              created.webhook().id(), SecretRotation.to("password password password")));
    }
  }

  @Test
  void a_rule_for_events_narrows_what_is_subscribed_and_published() {
    try (TestWebhooks kit = kit(builder -> builder.eventPolicy(standard -> new EventPolicy() {
      @Override
      public List<String> subscriptions(List<String> events) {
        require(!events.contains("*"), ErrorCode.INVALID_EVENTS, "name the events");
        return standard.subscriptions(events);
      }

      @Override
      public EventType publishable(String name) {
        boolean shared = !name.startsWith("internal.");
        require(shared, ErrorCode.INVALID_EVENTS, "internal events stay here");
        return standard.publishable(name);
      }

      @Override
      public EventType known(String name) {
        return standard.known(name);
      }
    }))) {
      AccountWebhooks acme = kit.account("acme");

      assertRefused(
          ErrorCode.INVALID_EVENTS, "name the events", () -> acme.create(draft().events("*")));
      assertRefused(
          ErrorCode.INVALID_EVENTS,
          "internal events stay here",
          () -> acme.publish(Event.of("internal.audit", Map.of())));
      acme.create(draft());
      assertThat(acme.publish(Event.of("order.paid", Map.of())).deliveries()).isEqualTo(1);
    }
  }

  @Test
  void a_rule_for_payloads_may_change_what_is_sent() {
    try (TestWebhooks kit = kit(builder -> builder.payloadPolicy(standard -> (event, type) -> {
      String json = new String(standard.read(event, type), StandardCharsets.UTF_8);
      return json.replace("4111", "****").getBytes(StandardCharsets.UTF_8);
    }))) {
      AccountWebhooks acme = kit.account("acme");
      TestReceiver receiver = kit.receiver(URL);
      acme.create(draft());
      acme.publish(Event.of("order.paid", Map.of("card", "4111")));
      kit.runUntilIdle();

      assertThat(receiver.requests()).singleElement().satisfies(request -> {
        assertThat(new String(request.body(), StandardCharsets.UTF_8))
            .contains("\"card\":\"****\"");
        assertThat(request.signatureIsValid()).isTrue();
      });
    }
  }

  @Test
  void a_guard_is_asked_for_new_urls_and_handed_to_the_transport() throws Exception {
    List<TargetGuard> handedOver = new ArrayList<>();
    WebhookTransport transport = new WebhookTransport() {
      @Override
      public TransportResult send(TransportRequest request, Duration timeout) {
        return TransportResult.answered(200, new byte[0], null);
      }

      @Override
      public void guardWith(TargetGuard guard) {
        handedOver.add(guard);
      }
    };
    try (Webhooks webhooks = Webhooks.builder()
        .store(new InMemoryWebhookStore())
        .transport(transport)
        .events(EventCatalog.acceptingAny())
        .targetGuard(NoGoogle::new)
        .build()) {
      AccountWebhooks acme = webhooks.account("acme");

      acme.create(draft().url("https://1.1.1.1/in"));
      assertRefused(
          ErrorCode.INVALID_URL,
          "8.8.8.8 must not be called from here; use another host",
          () -> acme.create(draft().url("https://8.8.8.8/in")));
      assertThat(handedOver).singleElement().isInstanceOf(NoGoogle.class);
    }
  }

  private record NoGoogle(TargetGuard standard) implements TargetGuard {
    @Override
    public List<InetAddress> resolve(String host, Duration atMost) throws TargetRefusedException {
      List<InetAddress> addresses = standard.resolve(host, atMost);
      for (InetAddress address : addresses) {
        check(host, address, 443);
      }
      return addresses;
    }

    @Override
    public void check(String host, InetAddress address, int port) throws TargetRefusedException {
      if (address.getHostAddress().startsWith("8.8.")) {
        throw new TargetRefusedException(DeliveryError.BLOCKED_ADDRESS, "not to them");
      }
      standard.check(host, address, port);
    }
  }

  @Test
  void a_registry_writes_an_audit_trail_of_what_took_effect() {
    List<String> audit = new ArrayList<>();
    try (TestWebhooks kit = kit(builder -> builder.registry(standard -> proxy(
        WebhookRegistry.class, standard, (method, arguments, result) -> audit.add(method))))) {
      AccountWebhooks acme = kit.account("acme");
      String id = acme.create(draft()).webhook().id();
      assertThatExceptionOfType(WebhookException.class)
          .isThrownBy(() -> acme.create(draft().url("http://hooks.acme.example/in")));
      acme.update(id, WebhookPatch.empty().name("Orders"));
      acme.delete(id);

      assertThat(audit).containsExactly("create", "update", "delete");
    }
  }

  @Test
  void a_store_counts_its_transactions() {
    Map<String, Integer> calls = new HashMap<>();
    WebhookStore counting = proxy(
        WebhookStore.class,
        new InMemoryWebhookStore(),
        (method, arguments, result) -> calls.merge(method, 1, Integer::sum));
    try (TestWebhooks kit = TestWebhooks.on(counting, EventCatalog.acceptingAny())) {
      kit.receiver(URL);
      kit.account("acme").create(draft());
      kit.account("acme").publish(Event.of("order.paid", Map.of()));
      kit.runUntilIdle();

      assertThat(kit.deliveries("acme"))
          .extracting(Delivery::status)
          .containsExactly(DeliveryStatus.SUCCESS);
      assertThat(calls.get("transact")).isGreaterThanOrEqualTo(2);
    }
  }

  @Test
  void a_part_that_is_null_is_refused_by_the_name_of_its_option() {
    assertNull("urlPolicy", builder -> builder.urlPolicy(standard -> null));
    assertNull("targetGuard", builder -> builder.targetGuard(standard -> null));
    assertNull("headerPolicy", builder -> builder.headerPolicy(standard -> null));
    assertNull("secretPolicy", builder -> builder.secretPolicy(standard -> null));
    assertNull("eventPolicy", builder -> builder.eventPolicy(standard -> null));
    assertNull("payloadPolicy", builder -> builder.payloadPolicy(standard -> null));
    assertNull("registry", builder -> builder.registry(standard -> null));
  }

  private static void assertNull(String option, UnaryOperator<WebhooksBuilder> options) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> kit(options))
        .withMessage("webhooks cannot be built: " + option + " must not return null");
  }

  /** Sees the calls that returned. */
  private interface Seen {
    void call(String method, Object[] arguments, Object result);
  }

  private static <T> T proxy(Class<T> type, T standard, Seen seen) {
    return type.cast(Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
          try {
            Object result = method.invoke(standard, arguments);
            seen.call(method.getName(), arguments, result);
            return result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        }));
  }
}
