package dev.webhooks.readme;

import dev.webhooks.testing.Patience;
import dev.webhooks.testing.SampleRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** An endpoint that runs as a process of its own. */
final class Program implements AutoCloseable {
  private static final String READY = "listening on ";
  /** The client sets them by itself and refuses them from others. */
  private static final Set<String> OF_THE_CLIENT = Set.of("content-length", "host");

  private final Process process;
  private final URI uri;

  private Program(Process process, URI uri) {
    this.process = process;
    this.uri = uri;
  }

  /** Runs a command to its end; false also if there is no such program. */
  static boolean succeeds(Path directory, String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command)
          .directory(directory.toFile())
          .redirectErrorStream(true)
          .redirectOutput(directory.resolve("output.txt").toFile())
          .start();
      if (!process.waitFor(Patience.SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts an endpoint on a free port and waits until it says that it listens. */
  static Program start(Path directory, String secret, String... command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
    builder.environment().put("PORT", "0");
    builder.environment().put("WEBHOOK_SECRET", secret);
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader();
    String line = output.readLine();
    if (line == null || !line.startsWith(READY)) {
      process.destroyForcibly();
      throw new IOException("it did not start: " + line);
    }
    String port = line.substring(READY.length()).strip();
    return new Program(process, URI.create("http://127.0.0.1:" + port + "/in"));
  }

  /** Returns the status that it answers. */
  int send(SampleRequest request) throws IOException, InterruptedException {
    HttpRequest.Builder post = HttpRequest.newBuilder(uri)
        .version(HttpClient.Version.HTTP_1_1)
        .POST(HttpRequest.BodyPublishers.ofByteArray(request.body()));
    request.headers().forEach((name, value) -> {
      if (!OF_THE_CLIENT.contains(name.toLowerCase(Locale.ROOT))) {
        post.header(name, value);
      }
    });
    return HttpClient.newHttpClient()
        .send(post.build(), HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
