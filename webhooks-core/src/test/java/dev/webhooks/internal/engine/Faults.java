package dev.webhooks.internal.engine;

import dev.webhooks.spi.store.DeliveryQueue;
import dev.webhooks.spi.store.HealthRegister;
import dev.webhooks.spi.store.InstanceRegister;
import dev.webhooks.spi.store.Retention;
import dev.webhooks.spi.store.WebhookStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Puts faults between the engine and a store: before a call, so that it never happens, or after it,
 * so that its answer is lost. Calls may come from any thread; faults are set by one.
 */
public final class Faults {
  private final Map<String, Fault> faults = new ConcurrentHashMap<>();
  private final Map<String, Runnable> followers = new ConcurrentHashMap<>();
  private final Map<String, Integer> calls = new ConcurrentHashMap<>();

  private record Fault(
      RuntimeException exception, boolean after, int[] left, Predicate<Object[]> when) {}

  /** Returns the store with faults in its transactions, queue, registers and retention. */
  public WebhookStore on(WebhookStore store) {
    DeliveryQueue queue = wrap(DeliveryQueue.class, store.queue());
    HealthRegister health = wrap(HealthRegister.class, store.health());
    InstanceRegister register = wrap(InstanceRegister.class, store.instances());
    Retention retention = wrap(Retention.class, store.retention());
    return (WebhookStore) Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {WebhookStore.class},
        (proxy, method, arguments) -> switch (method.getName()) {
          case "queue" -> queue;
          case "instances" -> register;
          case "retention" -> retention;
          case "health" -> health;
          default -> call(store, method, arguments);
        });
  }

  /** Lets the next calls of a method fail without happening. */
  public void before(String method, int times, RuntimeException exception) {
    faults.put(method, new Fault(exception, false, new int[] {times}, arguments -> true));
  }

  /** Lets calls of a method fail without happening while a condition on their arguments holds. */
  public void when(String method, Predicate<Object[]> condition, RuntimeException exception) {
    faults.put(method, new Fault(exception, false, new int[] {Integer.MAX_VALUE}, condition));
  }

  /** Lets one of the next calls of a method happen and then fail: the first is number 1. */
  public void after(String method, int number, RuntimeException exception) {
    int[] seen = {0};
    faults.put(method, new Fault(exception, true, new int[] {1}, arguments -> ++seen[0] == number));
  }

  /** Does something in between, just before the next call of a method. */
  public void doBefore(String method, Runnable action) {
    boolean[] done = {false};
    when(
        method,
        arguments -> {
          if (!done[0]) {
            done[0] = true;
            action.run();
          }
          return false;
        },
        new IllegalStateException("never thrown"));
  }

  /** Does something in between, just after the next call of a method and before its answer. */
  public void doAfter(String method, Runnable action) {
    followers.put(method, action);
  }

  /** Lets every method work again. */
  public void end() {
    faults.clear();
    followers.clear();
  }

  /** Lets the next call of a method happen and then fail. */
  public void after(String method, RuntimeException exception) {
    faults.put(method, new Fault(exception, true, new int[] {1}, arguments -> true));
  }

  /** Returns how often a method has been called. */
  public int calls(String method) {
    return calls.getOrDefault(method, 0);
  }

  private <T> T wrap(Class<T> type, T target) {
    return type.cast(Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> call(target, method, arguments)));
  }

  private Object call(Object target, Method method, Object[] arguments) throws Throwable {
    calls.merge(method.getName(), 1, Integer::sum);
    Fault fault = faults.get(method.getName());
    boolean strikes = fault != null && fault.left[0] > 0 && fault.when.test(arguments);
    if (strikes) {
      fault.left[0]--;
      if (!fault.after) {
        throw fault.exception;
      }
    }
    try {
      Object result = method.invoke(target, arguments);
      Runnable follower = followers.remove(method.getName());
      if (follower != null) {
        follower.run();
      }
      if (strikes) {
        throw fault.exception;
      }
      return result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
