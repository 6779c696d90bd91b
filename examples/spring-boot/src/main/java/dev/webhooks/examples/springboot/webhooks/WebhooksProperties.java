package dev.webhooks.examples.springboot.webhooks;

import java.io.IOException;
import java.io.InputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.core.io.Resource;

/**
 * The properties {@code webhooks.*}.
 *
 * @param encryptionKey 32 bytes in Base64 that encrypt secrets and custom headers at rest; required
 * @param allowTargets hosts, addresses and ranges that may be called although they are not public
 * @param trustCertificates authorities of endpoints to trust beside the platform's, as a PEM file
 */
@ConfigurationProperties("webhooks")
record WebhooksProperties(
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
    return "WebhooksProperties[allowTargets=" + allowTargets + "]";
  }
}
