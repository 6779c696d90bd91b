package dev.webhooks.okhttp;

import dev.webhooks.okhttp.FailureClassifier.Phase;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Protocol;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Follows one call: how far it came, on what connection, and with what answer. OkHttp tells it from
 * the calling thread, but for {@link #canceled}, which comes from a watchdog.
 */
final class CallTrace extends EventListener {
  /** The most interim answers, as many as the JDK's client accepts. */
  private static final int MAX_INTERIM_ANSWERS = 8;

  private static final int SWITCHING_PROTOCOLS = 101;

  private Phase phase = Phase.CONNECTING;
  private boolean reused;
  private boolean multiplexed;
  private int answers;
  private @Nullable Integer status;
  private @Nullable String retryAfter;
  private long bytesBefore;
  private volatile boolean sending;
  private volatile @Nullable WatchedSslSocket socket;

  @Override
  public void secureConnectStart(Call call) {
    phase = Phase.SECURING;
  }

  /** Notes the connection that is about to carry the request. */
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
   * Notes that the exchange is over. OkHttp would keep an HTTP/2 connection on which it failed, and
   * go on reading whatever comes.
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
    if (++answers > MAX_INTERIM_ANSWERS + 1) {
      call.cancel();
      // Over HTTP/2 the call would first go through all the answers that have queued up.
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

  /** Cuts the connection, since nobody can tell what comes next on it. */
  void abandonConnection() {
    WatchedSslSocket carrier = socket;
    if (carrier != null) {
      carrier.abort();
    }
  }

  /**
   * Cuts the connection if nothing comes or goes on it. For HTTP/1.1 OkHttp does so itself; for
   * HTTP/2 it gives up the stream only, which would leave a thread stuck in writing, and later
   * calls on a connection that is dead.
   */
  @Override
  public void canceled(Call call) {
    WatchedSslSocket carrier = socket;
    if (carrier != null && (sending || carrier.bytesRead() == bytesBefore)) {
      carrier.abort();
    }
  }

  /** Returns the final status, or null if it has not come. */
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

  /** Returns whether the connection itself is gone, rather than what came over it wrong. */
  boolean connectionBroke() {
    WatchedSslSocket carrier = socket;
    return carrier != null && carrier.broken();
  }

  /** Returns whether there were more interim answers than anybody needs. */
  boolean flooded() {
    return answers > MAX_INTERIM_ANSWERS + 1;
  }

  /** Returns whether the connection was ended because too much came on it. */
  boolean overran() {
    WatchedSslSocket carrier = socket;
    return carrier != null && carrier.overran();
  }

  /**
   * Returns whether the connection had served before and ended without a byte of an answer: it was
   * likely closed by the peer before the request arrived.
   */
  boolean diedUnheardOnReusedConnection() {
    WatchedSslSocket carrier = socket;
    if (carrier == null || !reused || answers > 0) {
      return false;
    }
    // On HTTP/2 the bytes may belong to the connection or to other streams.
    return multiplexed || carrier.bytesRead() == bytesBefore;
  }
}
