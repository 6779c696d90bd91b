package dev.webhooks.examples.benchmark.peers;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.sql.DataSource;

/**
 * The options of a sender.
 *
 * @param database the host's pool; null for a sender that needs none
 * @param product {@code postgresql}, {@code mariadb} or {@code h2}
 * @param certificate the receiver's
 * @param threads how many attempts run at once, for a sender that has to be told
 * @param sending whether it sends, or only publishes for others to send
 * @param account the account of webhooks that several processes share; empty for one of its own
 */
public record SenderOptions(
    DataSource database,
    String product,
    X509Certificate certificate,
    int threads,
    boolean sending,
    String account) {

  /** Reads a certificate from a PEM file. */
  public static X509Certificate certificate(Path file) throws IOException, CertificateException {
    return (X509Certificate) CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(file)));
  }
}
