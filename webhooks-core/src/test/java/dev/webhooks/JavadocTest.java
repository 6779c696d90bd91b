package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Javadoc of libraries, tests and examples begins with a verb for methods and with a noun for
 * types, as {@code .github/CONTRIBUTING.md} asks.
 */
class JavadocTest {
  private static final Pattern REFUSED = Pattern.compile("/\\*\\*\\s*+(?:\\*\\s*+)?+"
      + "(What|Who|Whether|How|For how|Is told|Are told|As above)\\b[^\\n]*");

  @Test
  void no_summary_begins_with_a_riddle() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> sources = Sources.ofAllModules().stream()
        .filter(source -> !source.endsWith("JavadocTest.java"))
        .toList();
    for (Path source : sources) {
      Matcher summary = REFUSED.matcher(Files.readString(source));
      while (summary.find()) {
        found.add(source.getFileName() + ": " + summary.group());
      }
    }

    assertThat(sources).hasSizeGreaterThan(600);
    assertThat(found).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/** What it is. */",
        "/**\n   * Who has it,\n   * and since when.\n   */",
        "/**\n * Whether it may. */",
        "/** For how long it waits. */",
        "/** How many times it is tried. */",
        "/** Is told of everything. */",
        "/** As above. */"
      })
  void every_form_is_seen(String comment) {
    assertThat(REFUSED.matcher(comment).find()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/** Returns what it is. */", "/* What it is. */", "/** Whatever. */", "// Who"})
  void nothing_else_is_refused(String comment) {
    assertThat(REFUSED.matcher(comment).find()).isFalse();
  }
}
