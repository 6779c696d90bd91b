package dev.webhooks.okhttp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A server that says what a test scripts, byte by byte, and records what it was sent. */
final class RawServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Script script;
  private final List<Peer> peers = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private RawServer(ServerSocketFactory sockets, Script script) throws IOException {
    this.listener = sockets.createServerSocket(0, 300, InetAddress.getLoopbackAddress());
    this.script = script;
    start("raw-server", this::accept);
  }

  /** Starts a server that speaks TLS and then follows the script. */
  static RawServer tls(Script script) throws IOException {
    return new RawServer(Certificates.SERVER.sslContext().getServerSocketFactory(), script);
  }

  /** Starts a server that follows the script on the bare connection. */
  static RawServer plain(Script script) throws IOException {
    return new RawServer(ServerSocketFactory.getDefault(), script);
  }

  int port() {
    return listener.getLocalPort();
  }

  String url() {
    return "https://" + Certificates.NAME + ":" + port() + "/in";
  }

  int connections() {
    return peers.size();
  }

  /** Waits until it has seen a connection: whoever dials is faster at times, and gives up. */
  void awaitConnection() throws InterruptedException {
    Usage.await(() -> !peers.isEmpty());
  }

  /** Returns the requests read so far, as Latin-1 text. */
  List<String> requests() {
    return requests;
  }

  private void accept() {
    try {
      while (true) {
        Peer peer = new Peer(listener.accept(), peers.size());
        peers.add(peer);
        start("raw-connection", peer::serve);
      }
    } catch (IOException e) {
      // Closed: the test is over.
    }
  }

  private static void start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Peer peer : peers) {
      peer.socket.close();
    }
  }

  /** The script of one connection. */
  interface Script {
    void run(Peer peer) throws IOException;
  }

  /** One connection. */
  final class Peer {
    final Socket socket;

    /** Counts connections from 0. */
    final int index;

    private Peer(Socket socket, int index) {
      this.socket = socket;
      this.index = index;
    }

    private void serve() {
      try (socket) {
        socket.setTcpNoDelay(true);
        script.run(this);
      } catch (IOException e) {
        // The client hung up, which is for the test to judge.
      }
    }

    /** Has TLS agree on HTTP/2. */
    void offerHttp2() {
      SSLSocket tls = (SSLSocket) socket;
      SSLParameters parameters = tls.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      tls.setSSLParameters(parameters);
    }

    /** Reads a whole request and records it. */
    String read() throws IOException {
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int rest = -1;
      while (rest != 0) {
        int next = in.read();
        if (next == -1) {
          throw new IOException("the client hung up");
        }
        bytes.write(next);
        rest = rest > 0 ? rest - 1 : bodyLength(bytes);
      }
      String request = bytes.toString(StandardCharsets.ISO_8859_1);
      requests.add(request);
      return request;
    }

    private int bodyLength(ByteArrayOutputStream head) {
      String text = head.toString(StandardCharsets.ISO_8859_1);
      if (!text.endsWith("\r\n\r\n")) {
        return -1;
      }
      for (String line : text.toLowerCase(Locale.ROOT).split("\r\n", -1)) {
        if (line.startsWith("content-length:")) {
          return Integer.parseInt(line.substring(15).strip());
        }
      }
      return 0;
    }

    Peer say(String text) throws IOException {
      return say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Peer say(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
      return this;
    }

    /** Says nothing more, and reads what comes until the client hangs up. */
    void waitForHangUp() throws IOException {
      InputStream in = socket.getInputStream();
      while (in.read() != -1) {}
    }

    /** Ends the connection with a reset. */
    void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }
  }
}
