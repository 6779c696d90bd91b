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
 * Knows what OkHttp does not tell: whether a byte came since some moment, whether the peer hung up,
 * and whether the connection was used before.
 *
 * <p>It also ends the connection when more comes than the answers under way can need. OkHttp bounds
 * the headers, but it would collect a line that announces a chunk, and answers queued on an HTTP/2
 * stream, until the memory is full.
 */
final class WatchedSslSocket extends ForwardingSslSocket {
  private final Socket raw;
  private final long bytesPerAnswer;
  private boolean used;
  private int answersUnderWay;
  private volatile long readLimit;
  private volatile long bytesRead;
  private volatile boolean overran;
  private volatile boolean aborted;
  private volatile boolean broken;

  /**
   * Watches a socket.
   *
   * @param bytesPerAnswer how many decrypted bytes may come for each answer under way
   */
  WatchedSslSocket(SSLSocket socket, Socket raw, long bytesPerAnswer) {
    super(socket);
    this.raw = raw;
    this.bytesPerAnswer = bytesPerAnswer;
    this.readLimit = bytesPerAnswer;
  }

  /** Notes that an exchange begins, and returns whether there was one on this connection before. */
  synchronized boolean begin() {
    boolean usedBefore = used;
    used = true;
    answersUnderWay++;
    readLimit = bytesRead + answersUnderWay * bytesPerAnswer;
    return usedBefore;
  }

  /**
   * Notes that an exchange is over, and returns whether others are still under way on this
   * connection.
   */
  synchronized boolean end() {
    answersUnderWay--;
    return answersUnderWay > 0;
  }

  /** Returns whether the connection was ended because too much came on it. */
  boolean overran() {
    return overran;
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
    aborted = true;
    try {
      raw.close();
    } catch (IOException e) {
      // There is nothing more that could be done to it.
    }
  }

  /** Notes a failure, unless it follows {@link #abort}: then it says nothing about the peer. */
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

    // One thread reads at a time, so that the counter needs no more than to be seen by others.
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
        throw e; // OkHttp tries an idle connection this way.
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
