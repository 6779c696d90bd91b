package dev.webhooks.okhttp;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Frames of HTTP/2, well-formed or not, as a server writes them. */
final class Frames {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int PRIORITY = 2;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PUSH_PROMISE = 5;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int WINDOW_UPDATE = 8;
  static final int CONTINUATION = 9;
  static final int UNKNOWN = 0x20;

  static final int END_STREAM = 1;
  static final int ACK = 1;
  static final int END_HEADERS = 4;

  /** The stream of a connection's first request. */
  static final int FIRST_STREAM = 3;

  private static final int PREFACE_LENGTH = 24;

  private Frames() {}

  static byte[] frame(int type, int flags, int stream, byte... payload) {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(payload.length >> 16);
    frame.write(payload.length >> 8);
    frame.write(payload.length);
    frame.write(type);
    frame.write(flags);
    frame.writeBytes(fourBytes(stream));
    frame.writeBytes(payload);
    return frame.toByteArray();
  }

  /** Returns a frame that concerns the whole connection. */
  static byte[] frame(int type, byte... payload) {
    return frame(type, 0, 0, payload);
  }

  static byte[] fourBytes(int value) {
    return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value
    };
  }

  /** Returns the headers of an answer to the first request. */
  static byte[] status(String status, int flags) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.write(8); // A literal with the name :status.
    block.write(status.length());
    block.writeBytes(status.getBytes(StandardCharsets.US_ASCII));
    return frame(HEADERS, END_HEADERS | flags, FIRST_STREAM, block.toByteArray());
  }

  static byte[] concat(byte[] one, byte[] other) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(one);
    both.writeBytes(other);
    return both.toByteArray();
  }

  static byte[] repeat(byte[] frame, int times) {
    ByteArrayOutputStream frames = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      frames.writeBytes(frame);
    }
    return frames.toByteArray();
  }

  /** Reads until the first request has come to its end. */
  static void awaitRequest(RawServer.Peer peer) throws IOException {
    peer.socket.getInputStream().skipNBytes(PREFACE_LENGTH);
    awaitNextRequest(peer);
  }

  /** Reads until another request has come to its end. */
  static void awaitNextRequest(RawServer.Peer peer) throws IOException {
    DataInputStream in = new DataInputStream(peer.socket.getInputStream());
    boolean ended = false;
    while (!ended) {
      int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      in.skipNBytes(4 + length);
      ended = (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
    }
  }
}
