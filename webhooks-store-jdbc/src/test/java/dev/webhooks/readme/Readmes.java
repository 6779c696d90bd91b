package dev.webhooks.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the READMEs of the project, and what stands in them. */
final class Readmes {
  private static final Path PROJECT = project();
  private static final Pattern QUOTED = Pattern.compile("<!-- quoted from (\\S+) -->");
  private static final String FENCE = "```";

  private Readmes() {}

  /** Returns the project's directory, whichever module the tests run in. */
  private static Path project() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  static Path path(String relative) {
    return PROJECT.resolve(relative).normalize();
  }

  /** Returns every Markdown file: of the project, its modules, the examples and {@code .github}. */
  static List<Path> files() {
    return Stream.concat(modules(), Stream.of(PROJECT.resolve(".github")))
        .flatMap(Readmes::markdown)
        .map(PROJECT::relativize)
        .sorted()
        .toList();
  }

  /** Returns the directories of the project, its modules and the examples. */
  static Stream<Path> modules() {
    return Stream.of(PROJECT, PROJECT.resolve("examples"))
        .flatMap(parent -> Stream.concat(Stream.of(parent), folders(parent)))
        .filter(folder -> Files.exists(folder.resolve("pom.xml")))
        .distinct();
  }

  private static Stream<Path> folders(Path parent) {
    try (Stream<Path> files = Files.list(parent)) {
      return files.filter(Files::isDirectory).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> markdown(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".md")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String read(Path relative) {
    try {
      return Files.readString(PROJECT.resolve(relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns every fenced block. */
  static List<CodeBlock> blocks() {
    List<CodeBlock> blocks = new ArrayList<>();
    files().forEach(file -> collect(file, blocks));
    return blocks;
  }

  static List<CodeBlock> blocks(String language) {
    return blocks().stream().filter(block -> block.language().equals(language)).toList();
  }

  /** Returns the only block in a language below a heading. */
  static CodeBlock block(String language, String heading) {
    List<CodeBlock> found = blocks(language).stream()
        .filter(block -> block.heading().equals(heading))
        .toList();
    if (found.size() != 1) {
      throw new IllegalArgumentException(
          "not one " + language + " block below \"" + heading + "\": " + found);
    }
    return found.get(0);
  }

  private static void collect(Path file, List<CodeBlock> blocks) {
    String heading = "";
    String above = "";
    CodeBlock open = null;
    StringBuilder text = new StringBuilder();
    int number = 0;
    for (String line : read(file).lines().toList()) {
      number++;
      if (open == null && line.startsWith(FENCE)) {
        Matcher quoted = QUOTED.matcher(above);
        String source = quoted.matches() ? quoted.group(1) : "";
        open = new CodeBlock(file, number, heading, line.substring(3).strip(), source, "");
      } else if (open != null && line.startsWith(FENCE)) {
        blocks.add(new CodeBlock(
            file, open.line(), open.heading(), open.language(), open.source(), text.toString()));
        open = null;
        text.setLength(0);
      } else if (open != null) {
        text.append(line).append('\n');
      } else if (line.startsWith("#")) {
        heading = line.replaceFirst("#+ ", "");
      }
      above = line;
    }
  }
}
