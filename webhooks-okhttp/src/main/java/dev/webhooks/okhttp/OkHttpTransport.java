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
 * Sends webhooks with OkHttp over HTTP/1.1 and HTTP/2. Thread-safe; {@link #send} blocks the
 * calling thread, which may be a virtual one.
 *
 * <p>It sends the bytes and headers it is given and nothing of its own but what frames the message.
 * It follows no redirect, uses no proxy (the JVM's proxy properties neither), keeps no cookies,
 * answers no request to log in, asks for no compression and inflates nothing. It speaks TLS 1.2 and
 * 1.3 and always verifies the certificate and its name.
 *
 * <p>It asks its {@link TargetGuard} once per attempt for the host's addresses and dials no others;
 * an engine hands the guard over, and without one every request fails with
 * {@link DeliveryError#BLOCKED_ADDRESS}. An open connection serves its own host and port, while the
 * host has the same addresses and the guard still lets them be dialled, for at most 60 seconds.
 */
public final class OkHttpTransport implements WebhookTransport {
  private static final Logger LOG = LoggerFactory.getLogger(OkHttpTransport.class);

  private final TargetRule guard = new TargetRule();
  private final AtomicBoolean reported = new AtomicBoolean();
  private final OkHttpClient client;
  private final ConnectionAge age;
  private final int maxResponseBytes;
  private volatile boolean closed;

  private OkHttpTransport(Builder builder, Trust trust) {
    maxResponseBytes = builder.maxResponseBytes;
    client = Clients.pooled(trust.watched(maxResponseBytes), guard, builder.maxIdleConnections);
    age = new ConnectionAge(builder.ticker);
  }

  /**
   * Creates a transport that trusts the JVM's certificate authorities.
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
   * <p>Headers that frame the message and values that cannot be written give
   * {@link DeliveryError#UNSENDABLE}, a URL that is not {@code https} gives
   * {@link DeliveryError#BLOCKED_ADDRESS}; nothing is sent then. If the calling thread is
   * interrupted, its flag stays set and the result is {@link DeliveryError#INTERNAL}, as it is
   * after {@link #close()}.
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

  /** Returns how many connections are open, in use or idle. */
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
    // Another idle connection may be as dead as the first, so take one that is certainly new.
    return new Exchange(deadline, maxResponseBytes).run(Clients.unpooled(dialling), request);
  }

  /** The one look-up of an attempt, made before OkHttp does anything. */
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

  /** Returns the result as no fault of the endpoint if the transport was closed meanwhile. */
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

  /** Returns an exception without the messages, which may hold parts of the request. */
  private static Exception bare(Exception failure) {
    Exception bare = new IllegalStateException(failure.getClass().getName());
    bare.setStackTrace(failure.getStackTrace());
    return bare;
  }

  /** Options of a transport. Not thread-safe. */
  public static final class Builder {
    private final List<X509Certificate> authorities = new ArrayList<>();
    private @Nullable Trust trust;
    private int maxResponseBytes = 64 * 1024;
    private int maxIdleConnections = 256;
    private Ticker ticker = Ticker.system();

    private Builder() {}

    /**
     * Trusts more certificate authorities, beside the JVM's.
     *
     * @param certificates those of a private authority, or of a test server that signed its own
     * @return this
     */
    public Builder trust(X509Certificate... certificates) {
      for (X509Certificate certificate : Objects.requireNonNull(certificates, "certificates")) {
        authorities.add(Objects.requireNonNull(certificate, "certificates"));
      }
      return this;
    }

    /**
     * Makes TLS connections with other means than the JVM's, for example to show a client
     * certificate. Verification is then the trust manager's; the name in the certificate is
     * verified in any case.
     *
     * @param sockets makes sockets that believe the trust manager
     * @param manager decides which certificates to believe
     * @return this
     */
    public Builder tls(SSLSocketFactory sockets, X509TrustManager manager) {
      Objects.requireNonNull(sockets, "sockets");
      Objects.requireNonNull(manager, "manager");
      trust = new Trust(sockets, manager);
      return this;
    }

    /**
     * Sets how much of a response body is read before the answer is taken as complete; 64 KiB
     * unless set. The first 16 KiB of it are kept.
     *
     * <p>An answer that takes more than twice this and 384 KiB on the wire before that much of its
     * body has come, by endless headers or needless frames, is a {@link DeliveryError#PROTOCOL}
     * failure.
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
     * Sets how many connections stay open unused, over all hosts, for up to a minute; 256 unless
     * set.
     *
     * @param connections at least 0
     * @return this
     * @throws IllegalArgumentException if it is negative
     */
    public Builder maxIdleConnections(int connections) {
      maxIdleConnections = notNegative(connections);
      return this;
    }

    /** Replaces the measure of how old connections are; for tests. */
    Builder ticker(Ticker ticker) {
      this.ticker = ticker;
      return this;
    }

    /**
     * Creates the transport.
     *
     * @return a transport that is ready to be given a guard
     * @throws IllegalStateException if both {@link #trust} and {@link #tls} were used, or if the
     *     class path has an OkHttp before version 5, saying where
     */
    public OkHttpTransport build() {
      OkHttpVersion.require();
      if (trust != null && !authorities.isEmpty()) {
        throw new IllegalStateException("use trust(…) or tls(…), not both");
      }
      return new OkHttpTransport(this, trust == null ? Trust.jvmAnd(authorities) : trust);
    }

    private static int notNegative(int value) {
      if (value < 0) {
        throw new IllegalArgumentException("must not be negative: " + value);
      }
      return value;
    }
  }
}
