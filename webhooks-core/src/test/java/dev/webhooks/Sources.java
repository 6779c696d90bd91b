package dev.webhooks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The Java sources of this project, for rules that no compiler checks. */
final class Sources {
  private Sources() {}

  /** Returns the sources of all modules and examples, tests included. */
  static List<Path> ofAllModules() throws IOException {
    Path project = project();
    try (Stream<Path> files = Files.walk(project)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !contains(project.relativize(file), "target"))
          .toList();
    }
  }

  private static Path project() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  private static boolean contains(Path path, String folder) {
    return StreamSupport.stream(path.spliterator(), false).anyMatch(Path.of(folder)::equals);
  }
}
