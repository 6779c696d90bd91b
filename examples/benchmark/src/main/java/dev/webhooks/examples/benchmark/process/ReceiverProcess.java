package dev.webhooks.examples.benchmark.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * A child process that receives: an HTTPS server which tallies what arrives. The path of a request
 * is {@code /<behaviour>/<run>/<endpoint>}; the behaviour is {@code ok} (answers at once),
 * {@code slow} (after a second) or {@code hang} (never).
 */
final class ReceiverProcess {
  private static final byte[] OK =
      "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final long SLOWNESS = TimeUnit.SECONDS.toNanos(1);

  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("localhost").build();
  private final ExecutorService threads = Executors.newCachedThreadPool(runnable -> {
    Thread thread = new Thread(null, runnable, "receiver", 256 * 1024);
    thread.setDaemon(true);
    return thread;
  });
  private final AtomicInteger hanging = new AtomicInteger();
  private final ServerSocket listener;
  private volatile Tally tally = new Tally(0, 0, 1);

  private ReceiverProcess() throws IOException {
    HandshakeCertificates tls =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    listener = tls.sslContext()
        .getServerSocketFactory()
        .createServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
  }

  /** The only argument names the file to write the certificate to. */
  public static void main(String[] arguments) throws Exception {
    PrintStream answers = System.out;
    ReceiverProcess receiver = new ReceiverProcess();
    Files.writeString(Path.of(arguments[0]), receiver.certificate.certificatePem());
    receiver.threads.execute(receiver::accept);
    answers.println("port=" + receiver.listener.getLocalPort());
    Map<String, Commands.Command> commands = Map.of(
        "expect", receiver::expect,
        "await", receiver::await,
        "count", words -> "distinct=" + receiver.tally.distinct(),
        "tell", words -> receiver.tally.tell(),
        "hanging", words -> "hanging=" + receiver.hanging.get());
    System.exit(Commands.obey(answers, commands) ? 0 : 1);
  }

  private String expect(Words words) {
    tally = new Tally(words.number("run"), words.number("target"), words.number("copies", 1));
    return "expecting";
  }

  private String await(Words words) throws InterruptedException {
    return "complete=" + (tally.await(words.large("millis")) ? 1 : 0);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // Closed: the loop ends.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      RequestReader requests = new RequestReader(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      for (Request request = requests.next(); request != null; request = requests.next()) {
        tally.arrived(request, System.nanoTime());
        if (request.behaviour().equals("hang")) {
          hang(requests);
          return;
        }
        if (request.behaviour().equals("slow")) {
          LockSupport.parkNanos(SLOWNESS);
        }
        out.write(OK);
        out.flush();
      }
    } catch (IOException e) {
      // The sender closed the connection.
    }
  }

  private void hang(RequestReader requests) throws IOException {
    hanging.incrementAndGet();
    try {
      while (!requests.ended()) {
        // Whatever else it sends, there is no answer.
      }
    } finally {
      hanging.decrementAndGet();
    }
  }
}
