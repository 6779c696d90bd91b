package dev.webhooks.examples.benchmark.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the requests of one connection, with as little work as possible. */
final class RequestReader {
  /** Number and time stand at the start of the payload; the envelope before it is short. */
  private static final int LOOKED_AT = 400;

  private final InputStream in;
  private byte[] buffer = new byte[8 * 1024];
  private int start;
  private int end;

  RequestReader(InputStream in) {
    this.in = in;
  }

  /** Returns the next request, or null at the end of the connection. */
  Request next() throws IOException {
    int head = head();
    if (head < 0) {
      return null;
    }
    String text = new String(buffer, start, head - start, StandardCharsets.ISO_8859_1);
    String lower = text.toLowerCase(Locale.ROOT);
    int length = (int) number(lower, "content-length: ");
    require(head + length - start);
    int bodyStart = start + lower.length();
    String body =
        new String(buffer, bodyStart, Math.min(length, LOOKED_AT), StandardCharsets.ISO_8859_1);
    start = bodyStart + length;
    String[] path = text.substring(0, text.indexOf('\r')).split(" ")[1].split("/");
    return new Request(
        path[1],
        Integer.parseInt(path[2]),
        Integer.parseInt(path[3]),
        lower.contains("\r\nwebhook-signature: v1,")
            && lower.contains("\r\nx-webhook-signature: t="),
        number(body, "\"number\":"),
        number(body, "\"published\":"));
  }

  /** Returns whether the connection has ended; waits until something says so or comes in. */
  boolean ended() throws IOException {
    return in.read() < 0;
  }

  /** Returns where the body begins, or -1 at the end of the connection. */
  private int head() throws IOException {
    int searched = 0;
    while (true) {
      for (int i = start + searched; i + 3 < end; i++) {
        if (buffer[i] == '\r' && buffer[i + 1] == '\n' && buffer[i + 2] == '\r') {
          return i + 4;
        }
      }
      searched = Math.max(0, end - start - 3);
      if (!fill()) {
        return -1;
      }
    }
  }

  private void require(int bytes) throws IOException {
    while (end - start < bytes) {
      if (!fill()) {
        throw new IOException("the connection ended within a body");
      }
    }
  }

  private boolean fill() throws IOException {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == buffer.length) {
      buffer = java.util.Arrays.copyOf(buffer, 2 * end);
    }
    int read = in.read(buffer, end, buffer.length - end);
    end += Math.max(0, read);
    return read >= 0;
  }

  private static long number(String text, String name) {
    int at = text.indexOf(name);
    if (at < 0) {
      return 0;
    }
    int from = at + name.length();
    int to = from;
    while (to < text.length() && text.charAt(to) >= '0' && text.charAt(to) <= '9') {
      to++;
    }
    return Long.parseLong(text.substring(from, to));
  }
}
