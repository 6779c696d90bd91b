package dev.webhooks.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.webhooks.model.Event;
import dev.webhooks.testing.SampleRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the endpoints of the READMEs that are not in Java, as they stand there, and sends them what
 * the library's own engine has signed. Skipped, with the reason, where a language is not installed.
 */
class ReadmeVerifyingIT {
  private static final String HEADING = "Signature verification";
  private static final String GENERATED = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  private static final String CHOSEN = "the secret that Acme chose";
  private static final Pattern PACKAGE = Pattern.compile("npm install (\\S+@[\\d.]+)");

  private static final String ENV = "process.env.WEBHOOK_SECRET";
  /** Makes a key of a chosen secret as the text says. */
  private static final String RAW = "(Buffer.from(" + ENV + "), { format: 'raw' })";

  @TempDir
  private Path directory;

  @Test
  void node_accepts_what_is_signed_and_nothing_else() throws Exception {
    CodeBlock block = Readmes.block("js", HEADING);
    assumeTrue(Program.succeeds(directory, "node", "--version"), "node is not installed");
    Matcher standardWebhooks = PACKAGE.matcher(block.text());
    assertThat(standardWebhooks.find())
        .as("the package to install, and its version")
        .isTrue();
    String install = standardWebhooks.group(1);
    assumeTrue(
        Program.succeeds(directory, "npm", "install", "--no-audit", "--no-fund", install),
        install + " cannot be installed");
    Path script = Files.writeString(directory.resolve("endpoint.mjs"), block.text());

    try (Program endpoint = Program.start(directory, GENERATED, "node", script.toString())) {
      acceptsWhatIsSignedAndNothingElse(endpoint, GENERATED);
    }
    assertThat(Readmes.read(block.file())).contains("new Webhook" + RAW.replace(ENV, "secret"));
    String raw = block.text().replace("(" + ENV + ")", RAW);
    Path other = Files.writeString(directory.resolve("raw.mjs"), raw);
    try (Program endpoint = Program.start(directory, CHOSEN, "node", other.toString())) {
      acceptsWhatIsSignedAndNothingElse(endpoint, CHOSEN);
    }
  }

  @Test
  void python_accepts_what_is_signed_and_nothing_else() throws Exception {
    CodeBlock block = Readmes.block("python", HEADING);
    assumeTrue(Program.succeeds(directory, "python3", "--version"), "python3 is not installed");
    Path script = Files.writeString(directory.resolve("endpoint.py"), block.text());

    for (String secret : List.of(GENERATED, CHOSEN)) {
      try (Program endpoint = Program.start(directory, secret, "python3", script.toString())) {
        acceptsWhatIsSignedAndNothingElse(endpoint, secret);
      }
    }
  }

  private static void acceptsWhatIsSignedAndNothingElse(Program endpoint, String secret)
      throws Exception {
    SampleRequest sample =
        SampleRequest.of(Event.of("order.paid", Map.of("orderId", 17, "customer", "Zoë")), secret);

    assertThat(endpoint.send(sample)).isEqualTo(204);
    assertThat(endpoint.send(sample.signedWith("the secret after the rotation", secret)))
        .as("during a rotation")
        .isEqualTo(204);
    for (SampleRequest refused : sample.toBeRefused()) {
      assertThat(endpoint.send(refused)).as(refused.toString()).isEqualTo(401);
    }
  }
}
