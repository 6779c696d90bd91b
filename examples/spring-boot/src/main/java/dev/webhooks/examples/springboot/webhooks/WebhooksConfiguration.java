package dev.webhooks.examples.springboot.webhooks;

import static org.springframework.transaction.support.TransactionSynchronizationManager.getSynchronizations;
import static org.springframework.transaction.support.TransactionSynchronizationManager.hasResource;
import static org.springframework.transaction.support.TransactionSynchronizationManager.isActualTransactionActive;
import static org.springframework.transaction.support.TransactionSynchronizationManager.isSynchronizationActive;
import static org.springframework.transaction.support.TransactionSynchronizationManager.registerSynchronization;

import dev.webhooks.Webhooks;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.okhttp.OkHttpTransport;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.spi.DeliveryListener;
import dev.webhooks.spi.store.AmbientTransactions;
import dev.webhooks.spi.store.HostTransaction;
import dev.webhooks.store.jdbc.JdbcTransaction;
import dev.webhooks.store.jdbc.JdbcWebhookStore;
import java.io.IOException;
import java.io.InputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.core.Ordered;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.util.Assert;

/**
 * Makes the webhooks of production, starts and closes them; tests bring their own. Both publish in
 * the transaction of {@code @Transactional}.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhooksConfiguration.Properties.class)
@Profile("!test")
class WebhooksConfiguration implements SmartLifecycle {
  private final Webhooks webhooks;
  private volatile boolean running;

  WebhooksConfiguration(
      Properties properties,
      DataSource source,
      AmbientTransactions transactions,
      EventCatalog events,
      ObjectProvider<DeliveryListener> listener) {
    webhooks = Webhooks.builder()
        // Flyway owns the tables.
        .store(JdbcWebhookStore.builder(source).migrateOnOpen(false).build())
        .transport(OkHttpTransport.builder().trust(properties.trusted()).build())
        .events(events)
        .ambientTransactions(transactions)
        .secretCipher(AesGcmSecretCipher.of(properties.key()))
        .allowTargets(properties.allowTargets().toArray(String[]::new))
        .listener(listener.getIfAvailable(() -> DeliveryListener.NONE))
        .build();
  }

  @Bean
  Webhooks webhooks() {
    return webhooks;
  }

  @Override
  public void start() {
    webhooks.start();
    running = true;
  }

  @Override
  public void stop() {
    webhooks.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Lower than the web server's, so it starts before that and closes after it. */
  @Override
  public int getPhase() {
    return 0;
  }

  /**
   * The properties {@code webhooks.*}.
   *
   * @param encryptionKey 32 bytes in Base64 that encrypt secrets and custom headers at rest;
   *     required
   * @param allowTargets hosts, addresses and ranges that may be called although they are not public
   * @param trustCertificates authorities of endpoints to trust beside the platform's, as a PEM file
   */
  @ConfigurationProperties("webhooks")
  record Properties(
      @Nullable String encryptionKey,
      @DefaultValue List<String> allowTargets,
      @Nullable Resource trustCertificates) {
    byte[] key() {
      if (encryptionKey == null) {
        throw new IllegalStateException("webhooks.encryption-key is missing");
      }
      return Base64.getDecoder().decode(encryptionKey);
    }

    X509Certificate[] trusted() {
      if (trustCertificates == null) {
        return new X509Certificate[0];
      }
      try (InputStream pem = trustCertificates.getInputStream()) {
        return CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
            .map(X509Certificate.class::cast)
            .toArray(X509Certificate[]::new);
      } catch (IOException | CertificateException e) {
        throw new IllegalStateException("webhooks.trust-certificates cannot be read", e);
      }
    }

    /** Returns a text without the key. */
    @Override
    public String toString() {
      return "Properties[allowTargets=" + allowTargets + "]";
    }
  }

  /** The transaction of the data source that Spring has open on the calling thread. */
  @Component
  static final class SpringTransactions
      implements AmbientTransactions, TransactionExecutionListener {
    private final DataSource source;

    SpringTransactions(DataSource source) {
      this.source = source;
    }

    @Override
    public @Nullable HostTransaction current() {
      return isActualTransactionActive() && isSynchronizationActive() ? known().join() : null;
    }

    /** Knows each transaction from its beginning, and so also that it has committed. */
    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable failure) {
      if (failure == null && isSynchronizationActive()) {
        known();
      }
    }

    /** Spring puts it aside while another transaction is open on this thread. */
    private Known known() {
      for (TransactionSynchronization each : getSynchronizations()) {
        if (each instanceof Known known && known.source == source) {
          return known;
        }
      }
      Known known = new Known(source);
      registerSynchronization(known);
      return known;
    }
  }

  /** One transaction; has deliveries sent as soon as it has committed. */
  private static final class Known implements TransactionSynchronization {
    private final DataSource source;
    private @Nullable JdbcTransaction joined;
    private boolean over;

    Known(DataSource source) {
      this.source = source;
    }

    /** Returns null after the commit, when Spring still shows the transaction to its listeners. */
    @Nullable
    HostTransaction join() {
      if (joined == null && !over) {
        // A manager of the data source has bound its connection when the transaction began.
        Assert.state(hasResource(source), "it is none of the webhooks' data source");
        joined = JdbcTransaction.on(DataSourceUtils.getConnection(source));
      }
      return over ? null : joined;
    }

    @Override
    public void afterCommit() {
      over = true;
      if (joined != null) {
        joined.committed();
      }
    }

    /** Before all others, which may publish. */
    @Override
    public int getOrder() {
      return Ordered.HIGHEST_PRECEDENCE;
    }
  }
}
