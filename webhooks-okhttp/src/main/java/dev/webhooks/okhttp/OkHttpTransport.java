package dev.webhooks.okhttp;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.Ticker;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import dev.webhooks.spi.transport.WebhookTransport;
import dev.webhooks.validation.TargetGuard;
import dev.webhooks.validation.TargetRefusedException;
import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A transport on OkHttp for HTTP/1.1 and HTTP/2. Thread-safe; {@link #send} blocks the calling
 * thread, which may be virtual.
 *
 * <p>It sends exactly the given bytes and headers, and those that frame the message. It follows no
 * redirect and uses no proxy, cookies, login or compression; it ignores the JVM's proxy properties.
 * It speaks TLS 1.2 and 1.3 and always verifies the certificate and its name.
 *
 * <p>For each attempt it asks its {@link TargetGuard} once for the host's addresses, and dials no
 * others. The engine sets the guard; without one every request fails with
 * {@link DeliveryError#BLOCKED_ADDRESS}. An open connection serves only its host and port, while
 * the host's addresses stay the same and the guard allows them, for at most 60 seconds.
 */
public final class OkHttpTransport implements WebhookTransport {
  private static final Logger LOG = LoggerFactory.getLogger(OkHttpTransport.class);

  private final DelegatingGuard guard = new DelegatingGuard();
  private final AtomicBoolean reported = new AtomicBoolean();
  private final OkHttpClient client;
  private final ConnectionAge age;
  private final int maxResponseBytes;
  private volatile boolean closed;

  private OkHttpTransport(Builder builder, TlsTrust trust) {
    maxResponseBytes = builder.maxResponseBytes;
    client = Clients.pooled(trust.watched(maxResponseBytes), guard, builder.maxIdleConnections);
    age = new ConnectionAge(builder.ticker);
  }

  /**
   * Creates a transport with defaults, which trusts the JVM's certificate authorities.
   *
   * @return a transport with every option at its default
   * @throws IllegalStateException if the class path has an OkHttp before version 5, saying where
   */
  public static OkHttpTransport create() {
    return builder().build();
  }

  /** {@return a builder with the defaults of {@link #create()}} */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void guardWith(TargetGuard newGuard) {
    guard.use(newGuard);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Sends nothing and returns {@link DeliveryError#UNSENDABLE} for headers that frame the
   * message or cannot be written, and {@link DeliveryError#BLOCKED_ADDRESS} for a URL that is not
   * {@code https}. Returns {@link DeliveryError#INTERNAL} after {@link #close()}, or if the calling
   * thread is interrupted, whose flag stays set.
   */
  @Override
  public TransportResult send(TransportRequest request, Duration timeout) {
    if (closed || Thread.currentThread().isInterrupted()) {
      return TransportResult.failed(DeliveryError.INTERNAL);
    }
    HttpUrl url = HttpUrl.parse(request.url());
    if (url == null) {
      return TransportResult.failed(DeliveryError.UNSENDABLE);
    }
    if (!url.isHttps()) {
      return TransportResult.failed(DeliveryError.BLOCKED_ADDRESS);
    }
    return build(url, request)
        .map(built -> attempt(built, Deadline.in(timeout)))
        .orElseGet(() -> TransportResult.failed(DeliveryError.UNSENDABLE));
  }

  @Override
  public void close() {
    closed = true;
    client.dispatcher().cancelAll();
    client.connectionPool().evictAll();
  }

  int connectionCount() {
    return client.connectionPool().connectionCount();
  }

  private static Optional<Request> build(HttpUrl url, TransportRequest request) {
    Request.Builder built = new Request.Builder().url(url).post(new OneShotBody(request.body()));
    try {
      ExactHeaders.carry(built, ExactHeaders.check(request.headers()));
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // Its message may hold a header's value.
    }
    return Optional.of(built.build());
  }

  private TransportResult attempt(Request request, Deadline deadline) {
    try {
      return orClosed(exchangeAtMostTwice(request, deadline));
    } catch (TargetRefusedException e) {
      return orClosed(TransportResult.failed(refusal(e, deadline)));
    } catch (Exception e) { // Kotlin code throws checked exceptions unannounced.
      return unforeseen(e);
    }
  }

  private TransportResult exchangeAtMostTwice(Request request, Deadline deadline)
      throws TargetRefusedException {
    OkHttpClient dialling = Clients.dialling(resolve(request.url().host(), deadline), client);
    Exchange first = new Exchange(deadline, maxResponseBytes);
    TransportResult result = first.run(dialling, request);
    if (!first.worthResending() || closed) {
      return result;
    }
    // Other idle connections may be dead too, so this one is new.
    return new Exchange(deadline, maxResponseBytes).run(Clients.unpooled(dialling), request);
  }

  /** Resolves the host once per attempt, before OkHttp does anything. */
  private CheckedAddresses resolve(String host, Deadline deadline) throws TargetRefusedException {
    List<InetAddress> found = guard.resolve(host, Duration.ofNanos(deadline.remainingNanos()));
    return new CheckedAddresses(host, found, age.generation(host));
  }

  private static DeliveryError refusal(TargetRefusedException refusal, Deadline deadline) {
    if (Thread.currentThread().isInterrupted()) {
      return DeliveryError.INTERNAL;
    }
    return deadline.passed() ? DeliveryError.TIMEOUT : refusal.error();
  }

  /** Returns the result; an error after {@link #close()} is not the endpoint's fault. */
  private TransportResult orClosed(TransportResult result) {
    boolean answered = result.succeeded() || result.error() == DeliveryError.HTTP_STATUS;
    return closed && !answered ? TransportResult.failed(DeliveryError.INTERNAL) : result;
  }

  private TransportResult unforeseen(Exception failure) {
    if (failure instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    } else if (reported.compareAndSet(false, true)) {
      LOG.warn("A request failed in an unforeseen way; repeats are logged at DEBUG", bare(failure));
    } else {
      LOG.debug("A request failed in an unforeseen way", bare(failure));
    }
    return TransportResult.failed(DeliveryError.INTERNAL);
  }

  /** Returns an exception without its message, which may quote the request. */
  private static Exception bare(Exception failure) {
    Exception bare = new IllegalStateException(failure.getClass().getName());
    bare.setStackTrace(failure.getStackTrace());
    return bare;
  }

  /** Options of a transport. Not thread-safe. */
  public static final class Builder {
    private final List<X509Certificate> authorities = new ArrayList<>();
    private @Nullable TlsTrust trust;
    private int maxResponseBytes = 64 * 1024;
    private int maxIdleConnections = 256;
    private Ticker ticker = Ticker.system();

    private Builder() {}

    /**
     * Trusts more certificate authorities in addition to the JVM's.
     *
     * @param certificates certificates of a private authority, or self-signed ones of a test server
     * @return this
     */
    public Builder trust(X509Certificate... certificates) {
      for (X509Certificate certificate : Objects.requireNonNull(certificates, "certificates")) {
        authorities.add(Objects.requireNonNull(certificate, "certificates"));
      }
      return this;
    }

    /**
     * Sets the TLS implementation, for example to send a client certificate. The trust manager then
     * verifies certificates; the name in the certificate is always verified.
     *
     * @param sockets makes sockets that use the trust manager
     * @param manager decides which certificates to trust
     * @return this
     */
    public Builder tls(SSLSocketFactory sockets, X509TrustManager manager) {
      Objects.requireNonNull(sockets, "sockets");
      Objects.requireNonNull(manager, "manager");
      trust = new TlsTrust(sockets, manager);
      return this;
    }

    /**
     * Sets the maximum number of bytes that are read of a response body; 64 KiB unless set. The
     * first 16 KiB are kept.
     *
     * <p>A response with more than 384 KiB plus twice this on the wire, by endless headers or
     * needless frames, is a {@link DeliveryError#PROTOCOL} failure.
     *
     * @param bytes at least 0
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxResponseBytes(int bytes) {
      maxResponseBytes = notNegative(bytes);
      return this;
    }

    /**
     * Sets the maximum number of idle connections over all hosts, each kept up to a minute; 256
     * unless set.
     *
     * @param connections at least 0
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxIdleConnections(int connections) {
      maxIdleConnections = notNegative(connections);
      return this;
    }

    /** Sets the clock for the age of connections; for tests. */
    Builder ticker(Ticker ticker) {
      this.ticker = ticker;
      return this;
    }

    /**
     * Creates the transport.
     *
     * @return a transport that still needs a guard
     * @throws IllegalStateException if both {@link #trust} and {@link #tls} were used, or if the
     *     class path has an OkHttp before version 5, saying where
     */
    public OkHttpTransport build() {
      OkHttpVersion.require();
      if (trust != null && !authorities.isEmpty()) {
        throw new IllegalStateException("use trust(…) or tls(…), not both");
      }
      return new OkHttpTransport(this, trust == null ? TlsTrust.jvmAnd(authorities) : trust);
    }

    private static int notNegative(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("must not be negative: " + value);
      }
      return value;
    }
  }
}
