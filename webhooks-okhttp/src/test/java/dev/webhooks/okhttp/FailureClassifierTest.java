package dev.webhooks.okhttp;

import static dev.webhooks.okhttp.FailureClassifier.Phase.CONNECTED;
import static dev.webhooks.okhttp.FailureClassifier.Phase.CONNECTING;
import static dev.webhooks.okhttp.FailureClassifier.Phase.SECURING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.okhttp.FailureClassifier.Phase;
import dev.webhooks.validation.TargetRefusedException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureClassifierTest {
  private static final boolean BROKE = true;
  private static final boolean WHOLE = false;

  static Stream<Arguments> table() {
    IOException resetByPeer = new SocketException("Connection reset");
    return Stream.of(
        Arguments.of(DeliveryError.DNS, CONNECTING, WHOLE, new UnknownHostException()),
        Arguments.of(DeliveryError.DNS, CONNECTING, WHOLE, because(refusal(DeliveryError.DNS))),
        Arguments.of(
            DeliveryError.BLOCKED_ADDRESS,
            CONNECTING,
            WHOLE,
            refusal(DeliveryError.BLOCKED_ADDRESS)),
        Arguments.of(
            DeliveryError.BLOCKED_ADDRESS, CONNECTING, WHOLE, beside(new ConnectException())),
        Arguments.of(
            DeliveryError.BLOCKED_ADDRESS,
            CONNECTED,
            BROKE,
            refusal(DeliveryError.BLOCKED_ADDRESS)),
        Arguments.of(DeliveryError.CONNECT, CONNECTING, WHOLE, new ConnectException()),
        Arguments.of(DeliveryError.CONNECT, CONNECTING, WHOLE, new NoRouteToHostException()),
        Arguments.of(DeliveryError.CONNECT, CONNECTING, WHOLE, resetByPeer),
        Arguments.of(DeliveryError.TLS, SECURING, WHOLE, new SSLHandshakeException("")),
        Arguments.of(DeliveryError.TLS, SECURING, WHOLE, new SSLPeerUnverifiedException("")),
        Arguments.of(DeliveryError.TLS, SECURING, WHOLE, resetByPeer),
        Arguments.of(DeliveryError.TLS, SECURING, WHOLE, new ConnectException()),
        Arguments.of(
            DeliveryError.TLS, CONNECTED, BROKE, new SSLHandshakeException("certificate_required")),
        Arguments.of(DeliveryError.RESET, CONNECTED, BROKE, new SSLException("", resetByPeer)),
        Arguments.of(
            DeliveryError.RESET, CONNECTED, BROKE, new SSLException("", new EOFException())),
        Arguments.of(DeliveryError.RESET, CONNECTED, BROKE, resetByPeer),
        Arguments.of(
            DeliveryError.RESET, CONNECTED, BROKE, new IOException("unexpected end of stream")),
        Arguments.of(
            DeliveryError.RESET,
            CONNECTED,
            BROKE,
            new ProtocolException("unexpected end of stream")),
        Arguments.of(DeliveryError.RESET, CONNECTED, WHOLE, new StreamWasReset()),
        Arguments.of(
            DeliveryError.PROTOCOL,
            CONNECTED,
            WHOLE,
            new ProtocolException("Unexpected status line")),
        Arguments.of(
            DeliveryError.PROTOCOL,
            CONNECTED,
            WHOLE,
            new IOException("header limit", new EOFException())),
        Arguments.of(DeliveryError.PROTOCOL, CONNECTED, WHOLE, new EOFException("trailer limit")),
        Arguments.of(DeliveryError.RESET, CONNECTED, BROKE, new EOFException("unexpected end")));
  }

  @ParameterizedTest
  @MethodSource("table")
  void tells_the_class_of_a_failure(
      DeliveryError expected, Phase phase, boolean broke, IOException failure) {
    assertThat(FailureClassifier.of(failure, phase, broke)).isEqualTo(expected);
  }

  private static TargetRefusedException refusal(DeliveryError error) {
    return new TargetRefusedException(error, "a rule");
  }

  private static IOException because(IOException cause) {
    UnknownHostException failure = new UnknownHostException();
    failure.initCause(cause);
    return failure;
  }

  private static IOException beside(IOException failure) {
    failure.addSuppressed(refusal(DeliveryError.BLOCKED_ADDRESS));
    return failure;
  }

  /** Stands for OkHttp's own exceptions about single streams. */
  private static final class StreamWasReset extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
