package dev.webhooks.okhttp;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import javax.net.ssl.SSLSocket;

/**
 * A socket that records what OkHttp does not report: the bytes read, the end by the peer, and
 * earlier use.
 *
 * <p>It also closes the connection when more bytes come than the open exchanges can need. OkHttp
 * bounds headers, but not the line of a chunk or the responses queued on an HTTP/2 stream.
 */
final class WatchedSslSocket extends ForwardingSslSocket {
  private final Socket raw;
  private final long bytesPerResponse;
  private boolean used;
  private int openExchanges;
  private volatile long readLimit;
  private volatile long bytesRead;
  private volatile boolean overran;
  private volatile boolean aborted;
  private volatile boolean broken;

  WatchedSslSocket(SSLSocket socket, Socket raw, long bytesPerResponse) {
    super(socket);
    this.raw = raw;
    this.bytesPerResponse = bytesPerResponse;
    this.readLimit = bytesPerResponse;
  }

  /** Records the start of an exchange, and returns whether there was an earlier one. */
  synchronized boolean begin() {
    boolean usedBefore = used;
    used = true;
    openExchanges++;
    readLimit = bytesRead + openExchanges * bytesPerResponse;
    return usedBefore;
  }

  /** Records the end of an exchange, and returns whether others are still open. */
  synchronized boolean end() {
    openExchanges--;
    return openExchanges > 0;
  }

  /** Returns whether the connection was closed because too many bytes came. */
  boolean overran() {
    return overran;
  }

  long bytesRead() {
    return bytesRead;
  }

  /** Returns whether the peer closed the connection or it failed. */
  boolean broken() {
    return broken;
  }

  /** Closes the connection without a TLS alert, which could block. */
  void abort() {
    aborted = true;
    try {
      raw.close();
    } catch (IOException e) {
      // Nothing else can be done.
    }
  }

  /** Records a failure, unless {@link #abort} caused it. */
  private void failed() {
    if (!aborted) {
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

    // Only one thread reads at a time; others only see the counter.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (bytesRead >= readLimit) {
        overran = true;
        abort();
        throw new ProtocolException("more came than an answer can need");
      }
      try {
        int count = in.read(buffer, offset, length);
        if (count == -1) {
          failed();
        } else {
          bytesRead += count;
        }
        return count;
      } catch (SocketTimeoutException e) {
        throw e; // OkHttp tests idle connections this way.
      } catch (IOException e) {
        failed();
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
        failed();
        throw e;
      }
    }
  }
}
