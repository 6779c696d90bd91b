package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A factory that wraps each connected socket in a {@link WatchedSslSocket}. */
final class WatchedSslSocketFactory extends SSLSocketFactory {
  /** The allowance for headers and framing; OkHttp allows 256 KiB of headers. */
  private static final long BYTES_BESIDE_BODY = 384 * 1024;

  /** The factor for chunks of five bytes, which double a body. */
  private static final long BODY_OVERHEAD = 2;

  private final SSLSocketFactory sockets;
  private final long bytesPerResponse;

  WatchedSslSocketFactory(SSLSocketFactory sockets, int maxBodyBytes) {
    this.sockets = sockets;
    this.bytesPerResponse = BYTES_BESIDE_BODY + maxBodyBytes * BODY_OVERHEAD;
  }

  @Override
  public Socket createSocket(Socket raw, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket secured = (SSLSocket) sockets.createSocket(raw, host, port, autoClose);
    return new WatchedSslSocket(secured, raw, bytesPerResponse);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
    throw onlyLayered();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) {
    throw onlyLayered();
  }

  private static UnsupportedOperationException onlyLayered() {
    return new UnsupportedOperationException("OkHttp connects its sockets itself");
  }
}
