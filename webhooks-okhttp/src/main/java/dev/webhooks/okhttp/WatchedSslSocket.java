package dev.webhooks.okhttp;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocket;

/**
 * Knows what OkHttp does not tell: whether a byte came since some moment, whether the peer hung up,
 * and whether the connection was used before.
 */
final class WatchedSslSocket extends ForwardingSslSocket {
  private final Socket raw;
  private final AtomicBoolean used = new AtomicBoolean();
  private volatile long bytesRead;
  private volatile boolean broken;

  WatchedSslSocket(SSLSocket socket, Socket raw) {
    super(socket);
    this.raw = raw;
  }

  /** Returns whether an exchange was begun on this connection before, and notes that one is now. */
  boolean use() {
    return used.getAndSet(true);
  }

  /** Returns how many bytes came after decryption. */
  long bytesRead() {
    return bytesRead;
  }

  /** Returns whether the peer closed or reset the connection, or it failed in another way. */
  boolean broken() {
    return broken;
  }

  /** Cuts the connection without a word to the peer, which closing politely could wait for. */
  void abort() {
    try {
      raw.close();
    } catch (IOException e) {
      broken = true;
    }
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new WatchedInput(super.getInputStream());
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new WatchedOutput(super.getOutputStream());
  }

  private final class WatchedInput extends FilterInputStream {
    WatchedInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) == -1 ? -1 : one[0] & 0xff;
    }

    // One thread reads at a time, so that the counter needs no more than to be seen by others.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        int count = in.read(buffer, offset, length);
        if (count == -1) {
          broken = true;
        } else {
          bytesRead += count;
        }
        return count;
      } catch (SocketTimeoutException e) {
        throw e; // OkHttp tries an idle connection this way.
      } catch (IOException e) {
        broken = true;
        throw e;
      }
    }
  }

  private final class WatchedOutput extends FilterOutputStream {
    WatchedOutput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      try {
        out.write(buffer, offset, length);
      } catch (IOException e) {
        broken = true;
        throw e;
      }
    }
  }
}
