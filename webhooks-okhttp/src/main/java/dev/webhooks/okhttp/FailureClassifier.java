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

/** The classification of a failed exchange by its exception and phase. */
final class FailureClassifier {
  enum Phase {
    CONNECTING,
    SECURING,
    CONNECTED
  }

  private FailureClassifier() {}

  /**
   * Classifies a failure that is neither a time-out nor an interrupt.
   *
   * @param failure the exception from OkHttp
   * @param phase the phase that the call had reached
   * @param connectionBroke whether the connection ended or failed during the exchange
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
    // OkHttp throws these three for input that it cannot parse; others mean a reset stream.
    boolean unparsable = failure instanceof ProtocolException
        || failure instanceof EOFException
        || failure.getClass() == IOException.class;
    return unparsable ? DeliveryError.PROTOCOL : DeliveryError.RESET;
  }

  /**
   * Returns whether the server sent an alert, such as for a missing client certificate under TLS
   * 1.3.
   */
  private static boolean isTlsAlert(IOException failure) {
    return failure instanceof SSLException
        && find(SocketException.class, failure) == null
        && find(EOFException.class, failure) == null;
  }

  /** Finds an exception of a type among the causes and suppressed exceptions. */
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
