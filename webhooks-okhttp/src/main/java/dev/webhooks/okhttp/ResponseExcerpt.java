package dev.webhooks.okhttp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** A response body read up to a limit, of which the beginning is kept. */
final class ResponseExcerpt {
  private static final int KEPT_BYTES = 16 * 1024;

  private final int maxBytes;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
  private boolean ended;

  ResponseExcerpt(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  void readFrom(InputStream in) throws IOException {
    byte[] buffer = new byte[8 * 1024];
    int total = 0;
    while (total < maxBytes) {
      int count = in.read(buffer, 0, Math.min(buffer.length, maxBytes - total));
      if (count == -1) {
        ended = true;
        return;
      }
      kept.write(buffer, 0, Math.min(count, KEPT_BYTES - kept.size()));
      total += count;
    }
  }

  /** Returns whether the whole body was read, so that the connection is reusable. */
  boolean ended() {
    return ended;
  }

  byte[] excerpt() {
    return kept.toByteArray();
  }
}
