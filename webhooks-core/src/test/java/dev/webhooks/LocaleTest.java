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

/**
 * Nothing in any module formats numbers, times or the case of letters in the locale of the machine.
 * Error Prone's {@code DefaultLocale} and {@code StringCaseLocaleUsage} see calls; they see neither
 * method references nor what goes to the console.
 */
class LocaleTest {
  private static final Pattern DEFAULT_LOCALE =
      Pattern.compile("::(?:format|formatted|printf|toFormatter|toLowerCase|toUpperCase)\\b"
          + "|System\\.(?:out|err)\\s*\\.(?:format|printf)\\(\\s*+(?!Locale\\.)");

  @Test
  void no_method_reference_and_no_output_uses_the_default_locale() throws IOException {
    List<String> found = new ArrayList<>();
    List<Path> sources = Sources.ofAllModules();
    for (Path source : sources) {
      if (source.endsWith("LocaleTest.java")) {
        continue;
      }
      Matcher use = DEFAULT_LOCALE.matcher(Files.readString(source));
      while (use.find()) {
        found.add(source + ": " + use.group().strip());
      }
    }

    assertThat(sources).hasSizeGreaterThan(300);
    assertThat(found).isEmpty();
  }

  @Test
  void every_form_is_seen() {
    assertThat(DEFAULT_LOCALE.matcher("System.out.printf(\"%d\", 1)").find()).isTrue();
    assertThat(DEFAULT_LOCALE.matcher("System.err.format(\n  \"%d\", 1)").find())
        .isTrue();
    assertThat(DEFAULT_LOCALE.matcher(".map(TEXT::formatted)").find()).isTrue();
    assertThat(DEFAULT_LOCALE.matcher(".map(String::toLowerCase)").find()).isTrue();
    assertThat(DEFAULT_LOCALE
            .matcher("System.out.printf(\n  Locale.ROOT, \"%d\", 1)")
            .find())
        .isFalse();
  }
}
