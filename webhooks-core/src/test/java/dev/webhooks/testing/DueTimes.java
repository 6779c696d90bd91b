package dev.webhooks.testing;

import dev.webhooks.spi.store.AttemptOutcome;
import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.WebhookStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;

/** Notes when retries are due, by looking at what the engine writes into the store. */
final class DueTimes {
  private final NavigableSet<Instant> times = new ConcurrentSkipListSet<>();

  /** Returns the store, watched. */
  WebhookStore of(WebhookStore store) {
    return (WebhookStore) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {WebhookStore.class},
        (proxy, method, arguments) -> {
          Object result = call(store, method, arguments);
          return result instanceof DeliveryQueue queue ? watched(queue) : result;
        });
  }

  /** Takes out the earliest due time, if there is one no later than an instant. */
  Optional<Instant> takeUpTo(Instant instant) {
    boolean due = !times.isEmpty() && !times.first().isAfter(instant);
    return due ? Optional.ofNullable(times.pollFirst()) : Optional.empty();
  }

  private DeliveryQueue watched(DeliveryQueue queue) {
    return (DeliveryQueue) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {DeliveryQueue.class},
        (proxy, method, arguments) -> {
          Object result = call(queue, method, arguments);
          if (method.getName().equals("finish")) {
            note((List<?>) arguments[1]);
          }
          return result;
        });
  }

  private void note(List<?> outcomes) {
    outcomes.stream()
        .map(outcome -> ((AttemptOutcome) outcome).dueAt())
        .filter(Objects::nonNull)
        .forEach(times::add);
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
