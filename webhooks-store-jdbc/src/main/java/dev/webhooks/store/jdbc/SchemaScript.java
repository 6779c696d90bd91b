package dev.webhooks.store.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A numbered script that creates or changes the tables.
 *
 * @param text statements that end with a semicolon, and comments from {@code --} to the end of the
 *     line. A comment {@code min_compatible:} names the oldest version of the library that works
 *     with the resulting tables
 */
record SchemaScript(String text) {
  /** The number of scripts in the jar, which is the version of the tables. */
  private static final int NEWEST = 1;

  private static final Pattern MIN_COMPATIBLE = Pattern.compile("-- min_compatible: (\\d+)");
  private static final Pattern CREATED_TABLE =
      Pattern.compile("create table (?:if not exists )?\\{(\\w+)}");

  static List<SchemaScript> all(Dialect dialect) {
    return IntStream.rangeClosed(1, NEWEST)
        .mapToObj(number -> load("schema/" + dialect.name() + "/V" + number + ".sql"))
        .toList();
  }

  private static SchemaScript load(String name) {
    try (InputStream in = SchemaScript.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("missing in the jar: " + name);
      }
      return new SchemaScript(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the oldest version of the library that works with the tables. */
  int minCompatible() {
    Matcher matcher = MIN_COMPATIBLE.matcher(text);
    if (!matcher.find()) {
      throw new IllegalStateException("a script does not say what it is compatible with");
    }
    return Integer.parseInt(matcher.group(1));
  }

  List<String> statements() {
    String withoutComments = text.replaceAll("(?m)^--.*$", "");
    return Pattern.compile(";")
        .splitAsStream(withoutComments)
        .map(String::strip)
        .filter(statement -> !statement.isEmpty())
        .toList();
  }

  /** Returns the names of the created tables without prefix. */
  List<String> tables() {
    return CREATED_TABLE.matcher(text).results().map(match -> match.group(1)).toList();
  }
}
