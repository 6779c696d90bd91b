package dev.webhooks.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Runs the calls that README.md suggests, as they stand there. */
@ShopTest
class ReadmeCommandsTest {
  private static final Pattern INLINE = Pattern.compile("`(curl [^`]+)`");
  private static final Pattern LOOP = Pattern.compile("```sh\\n(for i in .*?)```", Pattern.DOTALL);

  @TempDir
  private Path directory;

  @LocalServerPort
  private int port;

  @Test
  void every_call_of_the_table_is_answered() throws Exception {
    List<String> calls =
        INLINE.matcher(readme()).results().map(found -> found.group(1)).toList();

    assertThat(calls).hasSize(3);
    assertThat(run(calls.get(0))).contains("\"item\":\"mug\"");
    assertThat(run(calls.get(1))).contains("\"pagination\"");
    assertThat(run(calls.get(2))).contains("\"status\":\"UP\"");
  }

  @Test
  void the_loop_places_orders() throws Exception {
    Matcher loop = LOOP.matcher(readme());
    assertThat(loop.find()).isTrue();

    String printed = run(loop.group(1).replace("seq 2000", "seq 3"));

    assertThat(printed.split("\"item\":\"mug\"", -1)).hasSize(1 + 3);
  }

  private static String readme() throws Exception {
    return Files.readString(Path.of("README.md"));
  }

  /** Runs a command, which fails if an answer is not of the 2xx or 3xx. */
  private String run(String command) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "there is no curl to call with");
    Path output = directory.resolve("output.txt");
    String here = command
        .replace("curl ", "curl --fail --no-progress-meter ")
        .replace("localhost:8080", "localhost:" + port);
    Process bash = new ProcessBuilder("bash", "-e", "-c", here)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    assertThat(bash.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String printed = Files.readString(output);
    assertThat(bash.exitValue()).as(printed).isZero();
    return printed;
  }
}
