package dev.webhooks.okhttp;

import dev.webhooks.validation.TargetGuard;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * A factory of sockets that check each address with the guard before they dial it. They ignore the
 * JVM's SOCKS properties. OkHttp's {@code Dns} is not enough: it knows no ports and does not see
 * hosts that are addresses.
 */
final class GuardedSocketFactory extends SocketFactory {
  private final TargetGuard guard;

  GuardedSocketFactory(TargetGuard guard) {
    this.guard = guard;
  }

  @Override
  public Socket createSocket() {
    return new GuardedSocket(guard);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw onlyUnconnected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw onlyUnconnected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw onlyUnconnected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw onlyUnconnected();
  }

  private static UnsupportedOperationException onlyUnconnected() {
    return new UnsupportedOperationException("OkHttp connects its sockets itself");
  }

  private static final class GuardedSocket extends Socket {
    private final TargetGuard guard;

    GuardedSocket(TargetGuard guard) {
      super(Proxy.NO_PROXY);
      this.guard = guard;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
      connect(endpoint, 0);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
      InetSocketAddress target = (InetSocketAddress) endpoint;
      guard.check(target.getHostString(), target.getAddress(), target.getPort());
      super.connect(endpoint, timeout);
      // The request follows the handshake at once. With Nagle's algorithm it would wait 40 ms for
      // the peer's delayed acknowledgement.
      setTcpNoDelay(true);
    }
  }
}
