package dev.webhooks.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A key for {@code localhost} with a certificate that it signed itself, made by the JDK. */
final class LocalCertificate {
  private static final String ALIAS = "localhost";

  /** The store lives for a moment in a directory that only its owner can read. */
  private static final String PASSWORD = "changeit";

  private final KeyStore keys;

  private LocalCertificate(KeyStore keys) {
    this.keys = keys;
  }

  /**
   * Makes a key and a certificate, valid for 30 days.
   *
   * @throws IllegalStateException if the JVM's {@code keytool} cannot be run or refuses
   */
  static LocalCertificate create() {
    try {
      Path directory = Files.createTempDirectory("webhooks-local");
      Path file = directory.resolve("localhost.p12");
      try {
        runKeytool(file);
        return new LocalCertificate(read(file));
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("no certificate for localhost could be made", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no certificate for localhost could be made", e);
    }
  }

  X509Certificate certificate() {
    try {
      return (X509Certificate) keys.getCertificate(ALIAS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key store that was read has its certificate", e);
    }
  }

  /** Returns what a server needs to show the certificate. */
  SSLContext tls() {
    try {
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(keys, PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JVM cannot serve TLS", e);
    }
  }

  private static KeyStore read(Path file) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static void runKeytool(Path file) throws IOException {
    // In English, since dates in digits of other locales have kept keytool from making
    // certificates.
    Process keytool = new ProcessBuilder(List.of(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-J-Duser.language=en",
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "SAN=dns:localhost",
            "-validity",
            "30",
            "-storetype",
            "PKCS12",
            "-storepass",
            PASSWORD,
            "-keystore",
            file.toString()))
        .redirectErrorStream(true)
        .start();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (exitCode(keytool) != 0) {
      throw new IllegalStateException("keytool made no certificate for localhost: " + said);
    }
  }

  private static int exitCode(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while keytool made a certificate", e);
    }
  }
}
