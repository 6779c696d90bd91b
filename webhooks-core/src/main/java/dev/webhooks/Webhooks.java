package dev.webhooks;

import dev.webhooks.internal.engine.DeliveryEngine;
import dev.webhooks.internal.registry.ManualRetries;
import dev.webhooks.internal.registry.WebhookImports;
import dev.webhooks.internal.registry.WebhookTester;
import dev.webhooks.internal.validation.NamePolicy;
import dev.webhooks.model.EngineHealth;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Reencryption;
import dev.webhooks.model.WebhookException;
import dev.webhooks.registry.DeliveryLogs;
import dev.webhooks.registry.Scope;
import dev.webhooks.registry.WebhookRegistry;
import dev.webhooks.spi.store.AmbientTransactions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Sends webhooks for a host application. Build one for each process, start it with the application
 * and close it before the data source. Thread-safe.
 *
 * <p>Publishing works from the moment it is built; sending begins with {@link #start()}. Several
 * processes may share one database, each with its own instance.
 */
public final class Webhooks implements AutoCloseable {
  private final Assembly parts;
  private final @Nullable AmbientTransactions ambientTransactions;
  private final boolean sending;
  private final Duration closeGrace;
  private volatile boolean opened;
  private volatile boolean closed;

  Webhooks(Options options, Assembly parts) {
    this.parts = parts;
    this.ambientTransactions = options.ambientTransactions;
    this.sending = options.sending;
    this.closeGrace = options.closeGrace;
    if (!sending) {
      parts.engine().publishesOnly();
    }
  }

  /**
   * Starts to build an instance.
   *
   * @throws IllegalStateException if the class path has a Jackson before 2.15, or parts of it that
   *     do not belong together, naming their versions
   */
  public static WebhooksBuilder builder() {
    JacksonVersion.require();
    return new WebhooksBuilder();
  }

  /**
   * Returns what one of the host's customers can do.
   *
   * @param account an id that the host chooses, 1 to 128 visible ASCII characters
   * @throws WebhookException with {@code INVALID_REQUEST} if the id is malformed
   */
  public AccountWebhooks account(String account) {
    return new AccountWebhooks(this, new Scope(NamePolicy.account(account), null, null));
  }

  /**
   * Opens the store, which creates or upgrades its tables if it is configured to, and starts
   * sending unless {@code sending(false)} was set.
   *
   * @throws dev.webhooks.model.StoreUnavailableException if the database cannot be reached;
   *     starting may be tried again
   * @throws IllegalStateException if it is running or was closed, or the database is not supported
   *     or does not fit, or something in it is encrypted and there is no {@code secretCipher}
   */
  public void start() {
    if (closed) {
      throw new IllegalStateException("what was closed does not start again; build another one");
    }
    open();
    if (sending) {
      parts.reencryptor().requireKeyIfEncrypted();
      parts.engine().start();
    } else {
      parts.engine().startPublishingOnly();
    }
  }

  /**
   * Stops claiming, lets attempts in flight finish for up to 30 seconds (or what was configured),
   * writes their outcomes and hands the rest back. The host's data source stays open. Closing again
   * does nothing, and it cannot be started again.
   */
  @Override
  public void close() {
    closed = true;
    parts.engine().close(closeGrace);
    parts.transport().close();
    parts.guard().close();
    parts.store().close();
  }

  /** Returns the catalogue of the event types that can be published and subscribed to. */
  public EventCatalog events() {
    return parts.events();
  }

  /** Returns how the engine is doing; asks the database and never throws. */
  public EngineHealth health() {
    return parts.engine().health();
  }

  /**
   * Encrypts with the present key all secrets, custom headers and remembered answers of all
   * accounts that were stored under an older key or, if the cipher reads plain text, under none.
   * When the result is {@link Reencryption#complete() complete}, the older key can be dropped;
   * {@link dev.webhooks.spi.AesGcmSecretCipher} says how to change keys.
   *
   * <p>Blocks until all rows have been looked at, and works while everything goes on: rows are
   * changed one by one, none that a host's transaction has locked is waited for, and nothing that
   * is sent changes. It may be interrupted and called again, and several instances may do it at
   * once. Without a {@code secretCipher} it changes nothing but old secrets whose overlap is over,
   * which it removes.
   *
   * @throws dev.webhooks.model.StoreUnavailableException if the database is away; what was done so
   *     far is kept
   */
  public Reencryption reencrypt() {
    open();
    return parts.reencryptor().run();
  }

  /** Returns what knows the host's current transaction, or null if nothing does. */
  @Nullable
  AmbientTransactions ambientTransactions() {
    return ambientTransactions;
  }

  /** An instance that only publishes needs no key; whoever registers webhooks does. */
  WebhookRegistry registry() {
    open();
    parts.reencryptor().requireKeyIfEncrypted();
    return parts.registry();
  }

  DeliveryLogs logs() {
    open();
    return parts.logs();
  }

  ManualRetries retries() {
    open();
    return parts.retries();
  }

  WebhookImports imports() {
    open();
    parts.reencryptor().requireKeyIfEncrypted();
    return parts.imports();
  }

  WebhookTester tests() {
    open();
    return parts.tests();
  }

  DeliveryEngine engine() {
    open();
    return parts.engine();
  }

  /** Opens the store once; a failure is reported to the caller and tried again by the next one. */
  private void open() {
    if (!opened) {
      parts.store().open();
      opened = true;
    }
  }
}
