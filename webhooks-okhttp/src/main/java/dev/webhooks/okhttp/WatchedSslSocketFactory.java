package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Lays a {@link WatchedSslSocket} over each connected socket. */
final class WatchedSslSocketFactory extends SSLSocketFactory {
  /** OkHttp lets headers take 256 KiB. */
  private static final long BYTES_BESIDE_BODY = 384 * 1024;

  /** In chunks of five bytes a body takes twice its length. */
  private static final long MOST_BYTES_PER_BYTE_OF_BODY = 2;

  private final SSLSocketFactory sockets;
  private final long bytesPerAnswer;

  /**
   * Creates a factory.
   *
   * @param maxBodyBytes how much is read of a body
   */
  WatchedSslSocketFactory(SSLSocketFactory sockets, int maxBodyBytes) {
    this.sockets = sockets;
    this.bytesPerAnswer = BYTES_BESIDE_BODY + maxBodyBytes * MOST_BYTES_PER_BYTE_OF_BODY;
  }

  @Override
  public Socket createSocket(Socket raw, String host, int port, boolean autoClose)
      throws IOException {
    SSLSocket secured = (SSLSocket) sockets.createSocket(raw, host, port, autoClose);
    return new WatchedSslSocket(secured, raw, bytesPerAnswer);
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
