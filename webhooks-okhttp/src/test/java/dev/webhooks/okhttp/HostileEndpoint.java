package dev.webhooks.okhttp;

import static dev.webhooks.okhttp.Frames.ACK;
import static dev.webhooks.okhttp.Frames.CONTINUATION;
import static dev.webhooks.okhttp.Frames.DATA;
import static dev.webhooks.okhttp.Frames.END_HEADERS;
import static dev.webhooks.okhttp.Frames.END_STREAM;
import static dev.webhooks.okhttp.Frames.FIRST_STREAM;
import static dev.webhooks.okhttp.Frames.GOAWAY;
import static dev.webhooks.okhttp.Frames.HEADERS;
import static dev.webhooks.okhttp.Frames.PING;
import static dev.webhooks.okhttp.Frames.PRIORITY;
import static dev.webhooks.okhttp.Frames.PUSH_PROMISE;
import static dev.webhooks.okhttp.Frames.RST_STREAM;
import static dev.webhooks.okhttp.Frames.SETTINGS;
import static dev.webhooks.okhttp.Frames.UNKNOWN;
import static dev.webhooks.okhttp.Frames.WINDOW_UPDATE;
import static dev.webhooks.okhttp.Frames.concat;
import static dev.webhooks.okhttp.Frames.fourBytes;
import static dev.webhooks.okhttp.Frames.frame;
import static dev.webhooks.okhttp.Frames.repeat;
import static dev.webhooks.okhttp.Frames.status;

import dev.webhooks.model.DeliveryError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A misbehaviour of an endpoint.
 *
 * @param name says what it does
 * @param tls whether the server speaks TLS, or bytes of its own
 * @param script what it does on a connection
 * @param error what an attempt ends with
 */
record HostileEndpoint(String name, boolean tls, RawServer.Script script, DeliveryError error) {
  private static final String OK = "HTTP/1.1 200 OK\r\n";
  private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
  private static final byte[] INDEXED_STATUS_200 = {(byte) 0x88};
  private static final byte[] LITERAL_A_B = {0, 1, 'a', 1, 'b'};
  /** A literal whose name is announced as a gibibyte. */
  private static final byte[] HUGE_LITERAL = {0, 0x7f, (byte) 0x81, -1, -1, -1, 3};

  private static final byte[] TABLE_SIZE_UPDATE = {0x20};

  static List<HostileEndpoint> all() {
    return Stream.of(stalls(), http1(), http2(), http2Floods(), handshakes())
        .flatMap(kind -> kind)
        .toList();
  }

  static HostileEndpoint named(String name) {
    return all().stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
  }

  RawServer server() throws IOException {
    return server(script);
  }

  /** Starts a server that follows another script in the same manner. */
  RawServer server(RawServer.Script other) throws IOException {
    return tls ? RawServer.tls(other) : RawServer.plain(other);
  }

  private static Stream<HostileEndpoint> stalls() {
    return Stream.of(
        of("never answers", DeliveryError.TIMEOUT, RawServer.Peer::waitForHangUp),
        of("drips headers", DeliveryError.TIMEOUT, peer -> drip(peer, OK, "X: y\r\n")),
        of(
            "drips a body",
            DeliveryError.TIMEOUT,
            peer -> drip(peer, OK + "Content-Length: 100000\r\n\r\n", "x")),
        of(
            "drips a chunk's length",
            DeliveryError.TIMEOUT,
            peer -> drip(peer, CHUNKED + "5;a=", "x")),
        ofHttp2("never answers", DeliveryError.TIMEOUT, RawServer.Peer::waitForHangUp),
        ofHttp2("drips an endless header block", DeliveryError.TIMEOUT, peer -> {
          peer.say(frame(HEADERS, 0, FIRST_STREAM, INDEXED_STATUS_200));
          while (true) {
            pause(peer.say(frame(CONTINUATION, 0, FIRST_STREAM, LITERAL_A_B)));
          }
        }),
        ofHttp2("drips empty data", DeliveryError.TIMEOUT, peer -> {
          peer.say(status("200", 0));
          while (true) {
            pause(peer.say(frame(DATA, 0, FIRST_STREAM)));
          }
        }));
  }

  private static Stream<HostileEndpoint> http1() {
    String header = "X: " + "y".repeat(20) + "\r\n";
    return Stream.of(
        of("hangs up", DeliveryError.RESET, peer -> {}),
        of("resets", DeliveryError.RESET, RawServer.Peer::reset),
        of(
            "hangs up within a body",
            DeliveryError.RESET,
            peer -> peer.say(OK + "Content-Length: 9\r\n\r\nx")),
        of("resets within a body", DeliveryError.RESET, peer -> {
          peer.say(OK + "Content-Length: 9\r\n\r\nx").reset();
        }),
        of("speaks another protocol", DeliveryError.PROTOCOL, say("SSH-2.0-OpenSSH_9.2\r\n")),
        of("says nonsense without end", DeliveryError.PROTOCOL, endless("", "nonsense")),
        of(
            "sends interim answers without end",
            DeliveryError.PROTOCOL,
            endless("", "HTTP/1.1 103 X\r\n\r\n")),
        of(
            "sends 100,000 headers",
            DeliveryError.PROTOCOL,
            say(OK + header.repeat(100_000) + "\r\n")),
        of("sends a header without end", DeliveryError.PROTOCOL, endless(OK + "X: ", "y")),
        of(
            "sends trailers without end",
            DeliveryError.PROTOCOL,
            endless(CHUNKED + "0\r\n", header)),
        of("extends a chunk without end", DeliveryError.PROTOCOL, endless(CHUNKED + "5;a=", "x")),
        of(
            "pads a chunk's length without end",
            DeliveryError.PROTOCOL,
            endless(CHUNKED + "5", " ")),
        of(
            "gives a length and chunks",
            DeliveryError.PROTOCOL,
            say(OK + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")),
        of(
            "gives two lengths",
            DeliveryError.PROTOCOL,
            say(OK + "Content-Length: 4\r\nContent-Length: 3\r\n\r\nbody")),
        of(
            "switches protocols",
            DeliveryError.HTTP_STATUS,
            say("HTTP/1.1 101 X\r\nUpgrade: x\r\n\r\n")),
        of(
            "answers 999",
            DeliveryError.HTTP_STATUS,
            say("HTTP/1.1 999 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")),
        of(
            "refuses at endless length",
            DeliveryError.HTTP_STATUS,
            endless("HTTP/1.1 500 X\r\n\r\n", "x")));
  }

  private static Stream<HostileEndpoint> http2() {
    return Stream.of(
        ofHttp2("hangs up", DeliveryError.RESET, peer -> {}),
        ofHttp2("resets", DeliveryError.RESET, RawServer.Peer::reset),
        ofHttp2(
            "resets the stream",
            DeliveryError.RESET,
            say(frame(RST_STREAM, 0, FIRST_STREAM, fourBytes(2)))),
        ofHttp2("says goodbye", DeliveryError.RESET, say(frame(GOAWAY, new byte[8]))),
        ofHttp2(
            "says nonsense",
            DeliveryError.PROTOCOL,
            say("nonsense".repeat(4).getBytes(StandardCharsets.US_ASCII))),
        ofHttp2(
            "sends too large a frame",
            DeliveryError.PROTOCOL,
            say(frame(DATA, 0, FIRST_STREAM, new byte[20_000]))),
        ofHttp2(
            "announces a huge header",
            DeliveryError.PROTOCOL,
            say(frame(HEADERS, 0, FIRST_STREAM, HUGE_LITERAL))),
        ofHttp2(
            "answers without a status",
            DeliveryError.PROTOCOL,
            say(frame(HEADERS, END_HEADERS | END_STREAM, FIRST_STREAM, LITERAL_A_B))),
        ofHttp2(
            "answers a word for a status", DeliveryError.PROTOCOL, say(status("abc", END_STREAM))),
        ofHttp2("switches protocols", DeliveryError.PROTOCOL, say(status("101", END_STREAM))),
        ofHttp2("answers 999", DeliveryError.HTTP_STATUS, say(status("999", END_STREAM))));
  }

  private static Stream<HostileEndpoint> http2Floods() {
    byte[] open = frame(HEADERS, 0, FIRST_STREAM, INDEXED_STATUS_200);
    return Stream.of(
        flood("pings", frame(PING, new byte[8])),
        flood("answers to no ping", frame(PING, ACK, 0, new byte[8])),
        flood("settings", frame(SETTINGS, (byte) 0, (byte) 3, (byte) 0, (byte) 0, (byte) 0, (byte)
            9)),
        flood("window updates", frame(WINDOW_UPDATE, fourBytes(1))),
        flood("priorities", frame(PRIORITY, 0, FIRST_STREAM, new byte[5])),
        flood("goodbyes", frame(GOAWAY, concat(fourBytes(Integer.MAX_VALUE), fourBytes(0)))),
        flood("frames of an unknown kind", frame(UNKNOWN, new byte[100])),
        flood("resets of no stream", frame(RST_STREAM, 0, 99, fourBytes(2))),
        flood("data of no stream", frame(DATA, 0, 99, new byte[10])),
        flood(
            "promises",
            frame(
                PUSH_PROMISE, END_HEADERS, FIRST_STREAM, concat(fourBytes(2), INDEXED_STATUS_200))),
        flood("interim answers", status("103", 0)),
        flood("answers", status("500", 0)),
        flood("empty data", status("500", 0), frame(DATA, 0, FIRST_STREAM)),
        flood("headers", open, frame(CONTINUATION, 0, FIRST_STREAM, repeat(LITERAL_A_B, 1000))),
        flood("empty continuations", open, frame(CONTINUATION, 0, FIRST_STREAM)),
        flood(
            "table sizes",
            frame(HEADERS, 0, FIRST_STREAM, TABLE_SIZE_UPDATE),
            frame(CONTINUATION, 0, FIRST_STREAM, repeat(TABLE_SIZE_UPDATE, 1000))));
  }

  private static Stream<HostileEndpoint> handshakes() {
    byte[] refusalOfTheName = {21, 3, 3, 0, 2, 2, 112};
    return Stream.of(
        plain("never answers", DeliveryError.TIMEOUT, RawServer.Peer::waitForHangUp),
        plain("drips", DeliveryError.TIMEOUT, peer -> drip(peer, "\26\3\3\1\0\2", "\0")),
        plain(
            "hangs up", DeliveryError.TLS, peer -> peer.socket.getInputStream().read()),
        plain("resets", DeliveryError.TLS, RawServer.Peer::reset),
        plain(
            "speaks no TLS",
            DeliveryError.TLS,
            peer -> peer.say("HTTP/1.1 400 X\r\n\r\n").waitForHangUp()),
        plain(
            "refuses the name",
            DeliveryError.TLS,
            peer -> peer.say(refusalOfTheName).waitForHangUp()),
        plain("says nonsense without end", DeliveryError.TLS, peer -> {
          while (true) {
            peer.say("nonsense");
          }
        }));
  }

  /** The reaction to a request. */
  private static HostileEndpoint of(String name, DeliveryError error, RawServer.Script then) {
    return new HostileEndpoint(
        name,
        true,
        peer -> {
          peer.read();
          then.run(peer);
        },
        error);
  }

  private static HostileEndpoint ofHttp2(String name, DeliveryError error, RawServer.Script then) {
    return new HostileEndpoint(
        "HTTP/2: " + name,
        true,
        peer -> {
          peer.offerHttp2();
          peer.say(frame(SETTINGS));
          Frames.awaitRequest(peer);
          then.run(peer);
        },
        error);
  }

  private static HostileEndpoint plain(String name, DeliveryError error, RawServer.Script script) {
    return new HostileEndpoint("handshake: " + name, false, script, error);
  }

  private static HostileEndpoint flood(String what, byte[] frame) {
    return flood(what, new byte[0], frame);
  }

  private static HostileEndpoint flood(String what, byte[] first, byte[] frame) {
    byte[] frames = repeat(frame, 1 + 16_000 / frame.length);
    return ofHttp2("sends " + what + " without end", DeliveryError.PROTOCOL, peer -> {
      peer.say(first);
      while (true) {
        peer.say(frames);
      }
    });
  }

  private static RawServer.Script say(String text) {
    return say(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Says something and nothing more; hanging up as well could overtake what was said. */
  private static RawServer.Script say(byte[] bytes) {
    return peer -> peer.say(bytes).waitForHangUp();
  }

  private static RawServer.Script endless(String beginning, String piece) {
    String pieces = piece.repeat(1 + 16_000 / piece.length());
    return peer -> {
      peer.say(beginning);
      while (true) {
        peer.say(pieces);
      }
    };
  }

  private static void drip(RawServer.Peer peer, String beginning, String drop) throws IOException {
    peer.say(beginning);
    while (true) {
      pause(peer.say(drop));
    }
  }

  private static void pause(RawServer.Peer peer) throws IOException {
    if (peer.socket.isClosed()) {
      throw new IOException("the test is over");
    }
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
  }

  @Override
  public String toString() {
    return name;
  }
}
