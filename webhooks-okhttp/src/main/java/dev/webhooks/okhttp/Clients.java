package dev.webhooks.okhttp;

import dev.webhooks.validation.TargetGuard;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.ConnectionSpec;
import okhttp3.Dns;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;

/** OkHttp clients that make one exchange and nothing else. */
final class Clients {
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(60);

  /** Refuses lookups, since each attempt has its own addresses. */
  private static final Dns NO_LOOKUPS = host -> {
    throw new UnknownHostException("a look-up outside an attempt");
  };

  private Clients() {}

  static OkHttpClient pooled(TlsTrust trust, TargetGuard guard, int maxIdleConnections) {
    OkHttpClient.Builder client = new OkHttpClient.Builder();
    reach(client, trust, guard);
    doNothingElse(client);
    return client
        .connectionPool(
            new ConnectionPool(maxIdleConnections, KEEP_ALIVE.toSeconds(), TimeUnit.SECONDS))
        .eventListenerFactory(Clients::trace)
        .addNetworkInterceptor(new ConnectionCheck(guard))
        .addNetworkInterceptor(new FollowUpBlocker())
        .addNetworkInterceptor(new ExactHeaders())
        .build();
  }

  /**
   * Returns a client with the same pool that dials only these addresses. It does not share OkHttp's
   * memory of failed routes, which would grow with every failing name.
   */
  static OkHttpClient dialling(CheckedAddresses addresses, OkHttpClient pooled) {
    return pooled.newBuilder().dns(addresses).build();
  }

  /** Returns a client without open connections, which keeps none. */
  static OkHttpClient unpooled(OkHttpClient pooled) {
    return pooled
        .newBuilder()
        .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
        .build();
  }

  private static void reach(OkHttpClient.Builder client, TlsTrust trust, TargetGuard guard) {
    HostnameVerifier names = new OkHttpClient().hostnameVerifier();
    client
        .dns(NO_LOOKUPS)
        .proxy(Proxy.NO_PROXY)
        .socketFactory(new GuardedSocketFactory(guard))
        .sslSocketFactory(trust.sockets(), trust.manager())
        // Another object than OkHttp's verifier also prevents requests for one host over an HTTP/2
        // connection to another.
        .hostnameVerifier((host, session) -> names.verify(host, session))
        .connectionSpecs(List.of(ConnectionSpec.MODERN_TLS))
        .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
        .fastFallback(true);
  }

  private static void doNothingElse(OkHttpClient.Builder client) {
    client
        .followRedirects(false)
        .followSslRedirects(false)
        .retryOnConnectionFailure(false)
        // Each call has one time-out for the whole of it.
        .connectTimeout(Duration.ZERO)
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO);
  }

  private static EventListener trace(Call call) {
    CallTrace trace = call.request().tag(CallTrace.class);
    return trace == null ? EventListener.NONE : trace;
  }
}
