package dev.webhooks.okhttp;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** A trust manager and the factory of sockets that use it. */
record TlsTrust(SSLSocketFactory sockets, X509TrustManager manager) {
  static TlsTrust jvmAnd(List<X509Certificate> others) {
    try {
      X509TrustManager jvm = manager(null);
      X509TrustManager manager = others.isEmpty() ? jvm : manager(both(jvm, others));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {manager}, null);
      return new TlsTrust(context.getSocketFactory(), manager);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM cannot make TLS connections", e);
    }
  }

  /** Returns the same trust with sockets that bound the size of responses. */
  TlsTrust watched(int maxBodyBytes) {
    return new TlsTrust(new WatchedSslSocketFactory(sockets, maxBodyBytes), manager);
  }

  private static KeyStore both(X509TrustManager jvm, List<X509Certificate> others)
      throws GeneralSecurityException, IOException {
    List<X509Certificate> all = new ArrayList<>(List.of(jvm.getAcceptedIssuers()));
    all.addAll(others);
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < all.size(); i++) {
      store.setCertificateEntry("authority-" + i, all.get(i));
    }
    return store;
  }

  private static X509TrustManager manager(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("no X.509 trust manager");
  }
}
