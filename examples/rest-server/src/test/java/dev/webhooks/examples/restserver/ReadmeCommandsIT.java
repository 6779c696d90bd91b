package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs the shell block of README.md that calls the API, as it stands there. */
@ExtendWith(ServersErrors.class)
class ReadmeCommandsIT {
  private static final Pattern BLOCK = Pattern.compile("```sh\\n(api=.*?)```", Pattern.DOTALL);
  private static final String ID_TO_FILL_IN = "id=wh_…";

  /** The look-up of an id in the first answer, as a reader does it. */
  private static final String ID_LOOKED_UP =
      "id=$(call $api/webhooks | grep -o 'wh_[0-9a-f]*' | head -1)";

  @TempDir
  private Path directory;

  @Test
  void every_call_of_the_readme_is_answered_as_it_says() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "there is no curl to call with");
    try (Receiver receiver = new Receiver()) {
      receiver.answers("/hooks", 503);
      try (RestServerProcess server = start(receiver)) {
        List<JsonNode> answers = run(script(server, receiver));

        assertThat(answers)
            .hasSize(8)
            .allSatisfy(
                answer -> assertThat(answer.has("error")).as("%s", answer).isFalse());
        String id = answers.get(0).path("id").asText();
        assertThat(answers.get(0).path("secret").asText()).startsWith("whsec_");
        assertThat(answers.get(1).path("data").findValuesAsText("id")).containsExactly(id);
        assertThat(answers.get(2).path("deliveries").asInt()).isEqualTo(1);
        assertThat(answers.get(3).path("data").findValuesAsText("status"))
            .containsExactly("pending");
        assertThat(answers.get(4).path("status").asText()).isEqualTo("paused");
        assertThat(answers.get(5).path("secret").asText()).startsWith("whsec_");
        assertThat(answers.get(6).isObject()).isTrue();
        assertThat(answers.get(7).path("status").asText()).isEqualTo("up");
        assertThat(Api.of(server, "token-a").get("/webhooks/" + id).refusal())
            .isEqualTo("404 WEBHOOK_NOT_FOUND");
      }
    }
  }

  private RestServerProcess start(Receiver receiver) {
    return RestServerProcess.start(
        directory,
        Map.of(
            "API_TOKENS", "token-a=acct_a",
            "ALLOW_TARGETS", "localhost",
            "TRUST_CERTIFICATE", receiver.authorityPem()));
  }

  /** Returns the block with what is different here: where the server and the endpoint are. */
  private static String script(RestServerProcess server, Receiver receiver) throws Exception {
    Matcher block = BLOCK.matcher(Files.readString(Path.of("README.md")));
    assertThat(block.find()).isTrue();
    String text = block.group(1);
    assertThat(text).contains("http://127.0.0.1:8080", "https://example.com/hooks", ID_TO_FILL_IN);
    return text.replace("http://127.0.0.1:8080", server.url())
        .replace("https://example.com/hooks", receiver.url("/hooks"))
        .replace(ID_TO_FILL_IN, ID_LOOKED_UP);
  }

  /** Runs a script and returns what it printed, each line a JSON text. */
  private List<JsonNode> run(String script) throws Exception {
    Path output = directory.resolve("output.txt");
    Process bash = new ProcessBuilder("bash", "-e", "-u", "-c", script)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
    assertThat(bash.waitFor(RestServerProcess.PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isTrue();
    String printed = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(bash.exitValue()).as(printed).isZero();
    ObjectMapper json = new ObjectMapper();
    return printed
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> parse(json, line))
        .toList();
  }

  private static JsonNode parse(ObjectMapper json, String line) {
    try {
      return json.readTree(line);
    } catch (IOException e) {
      throw new AssertionError(line, e);
    }
  }
}
