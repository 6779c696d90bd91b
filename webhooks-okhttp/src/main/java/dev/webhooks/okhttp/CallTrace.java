package dev.webhooks.okhttp;

import dev.webhooks.okhttp.FailureClassifier.Phase;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The progress of one call: its phase, its connection, and the response. OkHttp calls it on the
 * calling thread, except for {@link #canceled}, which a watchdog calls.
 */
final class CallTrace extends EventListener {
  /** The maximum number of interim responses, as in the JDK's client. */
  private static final int MAX_INTERIM_RESPONSES = 8;

  private static final int SWITCHING_PROTOCOLS = 101;

  private Phase phase = Phase.CONNECTING;
  private boolean reused;
  private boolean multiplexed;
  private int responses;
  private @Nullable Integer status;
  private @Nullable String retryAfter;
  private long bytesBefore;
  private volatile boolean sending;
  private volatile @Nullable WatchedSslSocket socket;

  @Override
  public void secureConnectStart(Call call) {
    phase = Phase.SECURING;
  }

  void carriedBy(Connection connection) {
    WatchedSslSocket carrier = (WatchedSslSocket) connection.socket();
    phase = Phase.CONNECTED;
    reused = carrier.begin();
    multiplexed = connection.protocol() == Protocol.HTTP_2;
    bytesBefore = carrier.bytesRead();
    sending = true;
    socket = carrier;
  }

  /**
   * Records the end of the exchange. Closes an HTTP/2 connection after a failure, which OkHttp
   * would keep and go on reading.
   */
  void over(boolean failed) {
    WatchedSslSocket carrier = socket;
    if (carrier != null && !carrier.end() && failed) {
      carrier.abort();
    }
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    sending = false;
  }

  @Override
  public void responseHeadersStart(Call call) {
    if (++responses > MAX_INTERIM_RESPONSES + 1) {
      call.cancel();
      // Over HTTP/2 the call would first process all queued responses.
      throw new IllegalStateException("too many interim answers");
    }
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    status = response.code();
    retryAfter = response.header("Retry-After");
    if (response.code() == SWITCHING_PROTOCOLS) {
      abandonConnection(); // Whatever comes next on it is not HTTP.
    }
  }

  /** Closes the connection, whose next bytes have no known meaning. */
  void abandonConnection() {
    WatchedSslSocket carrier = socket;
    if (carrier != null) {
      carrier.abort();
    }
  }

  /**
   * Closes the connection if nothing moves on it. OkHttp does so for HTTP/1.1. For HTTP/2 it only
   * gives up the stream: a thread would stay blocked in writing, and later calls would use a dead
   * connection.
   */
  @Override
  public void canceled(Call call) {
    WatchedSslSocket carrier = socket;
    if (carrier != null && (sending || carrier.bytesRead() == bytesBefore)) {
      carrier.abort();
    }
  }

  /** Returns the final status, or null before it has come. */
  @Nullable
  Integer status() {
    return status;
  }

  @Nullable
  String retryAfter() {
    return retryAfter;
  }

  Phase phase() {
    return phase;
  }

  boolean reused() {
    return reused;
  }

  /** Returns whether the connection broke, as opposed to an invalid response. */
  boolean connectionBroke() {
    WatchedSslSocket carrier = socket;
    return carrier != null && carrier.broken();
  }

  boolean flooded() {
    return responses > MAX_INTERIM_RESPONSES + 1;
  }

  /** Returns whether the connection was closed because too many bytes came. */
  boolean overran() {
    WatchedSslSocket carrier = socket;
    return carrier != null && carrier.overran();
  }

  /**
   * Returns whether a reused connection ended without a byte of a response. The peer had likely
   * closed it before the request arrived.
   */
  boolean diedSilentlyOnReuse() {
    WatchedSslSocket carrier = socket;
    if (carrier == null || !reused || responses > 0) {
      return false;
    }
    // On HTTP/2 the bytes may belong to other streams.
    return multiplexed || carrier.bytesRead() == bytesBefore;
  }
}
