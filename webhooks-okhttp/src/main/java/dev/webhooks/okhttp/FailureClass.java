package dev.webhooks.okhttp;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.validation.TargetRefusedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Tells from an exception, and from how far the call had come, why an exchange failed. */
final class FailureClass {
  /** The phases of a call. */
  enum Phase {
    CONNECTING,
    SECURING,
    CONNECTED
  }

  private FailureClass() {}

  /**
   * Classifies a failure that is neither a time-out nor an interrupt.
   *
   * @param failure what OkHttp threw
   * @param phase how far the call had come
   * @param connectionBroke whether the connection ended or failed under the exchange
   */
  static DeliveryError of(IOException failure, Phase phase, boolean connectionBroke) {
    TargetRefusedException refusal = find(TargetRefusedException.class, failure);
    if (refusal != null) {
      return refusal.error();
    }
    return switch (phase) {
      case CONNECTING ->
        failure instanceof UnknownHostException ? DeliveryError.DNS : DeliveryError.CONNECT;
      case SECURING -> DeliveryError.TLS;
      case CONNECTED -> ofExchange(failure, connectionBroke);
    };
  }

  private static DeliveryError ofExchange(IOException failure, boolean connectionBroke) {
    if (isTlsAlert(failure)) {
      return DeliveryError.TLS;
    }
    if (connectionBroke) {
      return DeliveryError.RESET;
    }
    // OkHttp throws these three for what it cannot parse or will not read on; other classes tell of
    // a stream that was reset.
    boolean unparsable = failure instanceof ProtocolException
        || failure instanceof EOFException
        || failure.getClass() == IOException.class;
    return unparsable ? DeliveryError.PROTOCOL : DeliveryError.RESET;
  }

  /** Under TLS 1.3 a server refuses a missing client certificate only after the handshake. */
  private static boolean isTlsAlert(IOException failure) {
    return failure instanceof SSLException
        && find(SocketException.class, failure) == null
        && find(EOFException.class, failure) == null;
  }

  /** Looks for an exception of a type among the causes and what was suppressed on the way. */
  static <T extends Throwable> @Nullable T find(Class<T> type, @Nullable Throwable failure) {
    if (failure == null) {
      return null;
    }
    if (type.isInstance(failure)) {
      return type.cast(failure);
    }
    T inCause = find(type, failure.getCause());
    if (inCause != null) {
      return inCause;
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      T found = find(type, suppressed);
      if (found != null) {
        return found;
      }
    }
    return null;
  }
}
