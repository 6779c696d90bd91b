package dev.webhooks.testing.canary;

import dev.webhooks.management.Authenticator;
import dev.webhooks.model.Attempt;
import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.SecretCipher;
import dev.webhooks.spi.store.StoreSession;
import dev.webhooks.spi.store.WebhookStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Parts that a host plugs in, which note all that they are given and fail when they are told to.
 */
public final class LoudParts {
  /** The words of a store that fails: for the host's log, and for no customer. */
  public static final String STORE_WORDS = "words of the store alone";

  /** A token that the authenticator chokes on begins with this. */
  public static final String BAD_TOKEN = "bad-";

  private final AtomicReference<@Nullable RuntimeException> storeFault = new AtomicReference<>();
  private final AtomicBoolean cipherFails = new AtomicBoolean();
  private final Sightings sightings;

  /** Creates parts that note what they see. */
  public LoudParts(Sightings sightings) {
    this.sightings = sightings;
  }

  /** Lets every call of the store fail until told otherwise. */
  public void failStoreWith(@Nullable RuntimeException fault) {
    storeFault.set(fault);
  }

  /** Lets nothing be decrypted until told otherwise. */
  public void failCipher(boolean fails) {
    cipherFails.set(fails);
  }

  /** Returns a cipher that hides nothing, so that what is stored can be seen. */
  public SecretCipher cipher() {
    return cipher(SecretCipher.none());
  }

  /** Returns a cipher like another one, except that it fails when it is told to. */
  public SecretCipher cipher(SecretCipher cipher) {
    return new SecretCipher() {
      @Override
      public byte[] encrypt(UUID webhook, byte[] plain) {
        return cipher.encrypt(webhook, plain);
      }

      @Override
      public byte[] decrypt(UUID webhook, byte[] stored) {
        if (cipherFails.get()) {
          throw new IllegalStateException("the key is unknown");
        }
        return cipher.decrypt(webhook, stored);
      }
    };
  }

  /** Returns a listener that notes what it is told, and throws. */
  public DeliveryListener listener() {
    return new DeliveryListener() {
      @Override
      public void attemptFinished(Finished delivery, Attempt attempt) {
        sightings.value("the listener's delivery", delivery);
        sightings.value("the listener's attempt", attempt);
        throw new IllegalStateException("a listener with a bug");
      }

      @Override
      public void deliverySucceeded(Finished delivery) {
        sightings.value("the listener's success", delivery);
      }

      @Override
      public void deliveryFailed(Finished delivery, DeliveryError error) {
        sightings.value("the listener's failure", delivery);
      }

      @Override
      public void webhookUndecryptable(String webhookId, String account, Throwable fault) {
        sightings.thrown("the listener's undecryptable webhook", fault);
      }

      @Override
      public void storeTrouble(Throwable fault, Duration since) {
        sightings.thrown("the listener's store trouble", fault);
        throw new IllegalStateException("a listener with a bug");
      }
    };
  }

  /** Returns an authenticator that quotes the tokens it chokes on. */
  public Authenticator authenticator(Map<String, String> tokens) {
    Authenticator fixed = Authenticator.ofTokens(tokens);
    return token -> {
      if (token.startsWith(BAD_TOKEN)) {
        throw new IllegalStateException(
            "no session " + token, new IllegalArgumentException("not a token: " + token));
      }
      Optional<String> account = fixed.authenticate(token);
      sightings.value("the authenticator's answer", account);
      return account;
    };
  }

  /** Returns a store whose every argument and result is noted, and that can be made to fail. */
  public WebhookStore store(WebhookStore store) {
    return (WebhookStore) loud(WebhookStore.class, store);
  }

  private Object loud(Class<?> type, Object target) {
    return Proxy.newProxyInstance(
        getClass().getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> call(target, method, arguments));
  }

  private Object call(Object target, Method method, Object[] arguments) throws Throwable {
    String place = "the store's " + method.getName();
    Object[] given = arguments == null ? new Object[0] : arguments.clone();
    for (int i = 0; i < given.length; i++) {
      sightings.value(place, given[i]);
      if (target instanceof WebhookStore && given[i] instanceof Function<?, ?> work) {
        given[i] = loudly(work);
      }
    }
    RuntimeException fault = storeFault.get();
    if (fault != null && canFail(method)) {
      throw fault;
    }
    try {
      Object result = method.invoke(target, given);
      sightings.value(place, result);
      return loudly(method.getReturnType(), result);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static boolean canFail(Method method) {
    return !isPart(method.getReturnType())
        && !method.getName().equals("describe")
        && !method.getName().equals("close");
  }

  private Object loudly(Class<?> type, Object result) {
    return isPart(type) ? loud(type, result) : result;
  }

  private static boolean isPart(Class<?> type) {
    return type.isInterface() && type.getPackage().equals(WebhookStore.class.getPackage());
  }

  @SuppressWarnings("unchecked")
  private <T> Function<StoreSession, T> loudly(Function<?, T> work) {
    return session ->
        ((Function<StoreSession, T>) work).apply((StoreSession) loud(StoreSession.class, session));
  }
}
