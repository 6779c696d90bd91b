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
 * Makes sockets that ask the guard about the very address they are about to dial, and that ignore
 * the JVM's SOCKS properties. OkHttp's {@code Dns} alone would not do: it is never asked about
 * hosts that are addresses already, and knows no ports.
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
      // A request follows the handshake at once, which costs 40 ms where Nagle's algorithm holds it
      // back until the peer's delayed acknowledgement.
      setTcpNoDelay(true);
    }
  }
}
