package dev.webhooks.examples.restserver;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;

/** Reads certificates in PEM form. */
final class Certificates {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private Certificates() {}

  /** Reads one or several, out of the text itself or of the file that it names. */
  static List<X509Certificate> read(String pemOrPath) {
    String pem = pemOrPath.contains(BEGIN) ? pemOrPath : content(pemOrPath);
    if (!pem.contains(BEGIN)) {
      throw new IllegalArgumentException("has no certificate in PEM form");
    }
    byte[] bytes = pem.substring(pem.indexOf(BEGIN)).getBytes(StandardCharsets.UTF_8);
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(bytes))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (CertificateException e) {
      throw new IllegalArgumentException("has a certificate that cannot be read");
    }
  }

  private static String content(String path) {
    try {
      return new String(Files.readAllBytes(Path.of(path)), StandardCharsets.ISO_8859_1);
    } catch (IOException | InvalidPathException e) {
      throw new IllegalArgumentException("is neither PEM text nor a file that can be read");
    }
  }
}
