package dev.webhooks.examples.benchmark.peers;

import dev.webhooks.internal.validation.Envelope;
import dev.webhooks.model.Secret;
import dev.webhooks.signing.Signer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * The work of the peers for one delivery: the same envelope, the same two signatures and the same
 * HTTP settings as ours, with a plain {@link OkHttpClient}.
 */
final class SignedPost implements AutoCloseable {
  private static final int IDLE_CONNECTIONS = 256;
  private static final MediaType JSON = MediaType.get("application/json");

  private final Signer signer = Signer.standard();
  private final List<Secret> secrets =
      List.of(Secret.of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="));
  private final OkHttpClient client;

  SignedPost(X509Certificate certificate) throws GeneralSecurityException, IOException {
    X509TrustManager trust = trust(certificate);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, new TrustManager[] {trust}, null);
    client = new OkHttpClient.Builder()
        .sslSocketFactory(tls.getSocketFactory(), trust)
        .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, 1, TimeUnit.MINUTES))
        .callTimeout(Duration.ofSeconds(30))
        .followRedirects(false)
        .build();
  }

  private static X509TrustManager trust(X509Certificate certificate)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("receiver", certificate);
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  /** Sends one event to one URL on the calling thread; returns the status of the answer. */
  int send(String url, String eventId, byte[] payload) {
    Instant now = Instant.now();
    byte[] body = Envelope.wrap(eventId, "benchmark.event", now, payload);
    Request.Builder request = new Request.Builder().url(url).post(RequestBody.create(body, JSON));
    signer.sign(eventId, now, body, secrets).forEach(request::header);
    try (Response response = client.newCall(request.build()).execute()) {
      response.body().bytes();
      return response.code();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // No answer.
    }
  }

  @Override
  public void close() {
    client.connectionPool().evictAll();
  }
}
