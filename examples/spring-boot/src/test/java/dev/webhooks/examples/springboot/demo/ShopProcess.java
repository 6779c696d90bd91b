package dev.webhooks.examples.springboot.demo;

import dev.webhooks.examples.springboot.ShopApplication;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shop in a process of its own, on PostgreSQL, as alice of acme uses it. */
final class ShopProcess {
  private static final Pattern LISTENING = Pattern.compile("Tomcat started on port (\\d+)");
  /** The time to wait for what has to come, on a machine that may be busy with other things. */
  static final int PATIENCE_SECONDS = 300;

  private static final String ALICE =
      "Basic " + Base64.getEncoder().encodeToString("alice:alice".getBytes(StandardCharsets.UTF_8));

  private final HttpClient client = HttpClient.newHttpClient();
  private final Queue<String> output = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Integer> port = new CompletableFuture<>();
  private final Process process;

  private ShopProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "output of the shop");
    reader.setDaemon(true);
    reader.start();
  }

  /** Starts a shop and waits until it is open. */
  static ShopProcess start(Path directory) throws Exception {
    List<String> command = List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        ShopApplication.class.getName(),
        "--spring.profiles.active=demo",
        "--demo.directory=" + directory,
        "--server.port=0");
    ShopProcess shop =
        new ShopProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    try {
      shop.port.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return shop;
    } catch (ExecutionException | TimeoutException e) {
      shop.kill();
      throw new IOException("the shop does not start:\n" + String.join("\n", shop.output), e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.add(line);
        Matcher listening = LISTENING.matcher(line);
        if (listening.find()) {
          port.complete(Integer.valueOf(listening.group(1)));
        }
      }
    } catch (IOException e) {
      output.add(e.toString());
    }
    port.completeExceptionally(new IOException("it has ended"));
  }

  HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
    return client.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json))
            .build(),
        BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port.join() + path))
        .timeout(Duration.ofSeconds(PATIENCE_SECONDS))
        .header("Authorization", ALICE);
  }

  /** Prints what it wrote. */
  void print(PrintStream out) {
    out.println("---- a shop");
    output.forEach(out::println);
  }

  /** Ends it as a crash does. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it in order, with its database. */
  void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      kill();
    }
  }
}
