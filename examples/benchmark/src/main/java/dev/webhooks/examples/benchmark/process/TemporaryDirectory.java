package dev.webhooks.examples.benchmark.process;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Files that a measurement needs no more. */
public final class TemporaryDirectory {
  private TemporaryDirectory() {}

  /**
   * Deletes a directory with what is in it. A server that ends may still write there: then some of
   * it stays, which is no reason to lose what was measured.
   */
  public static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      System.err.println("some files stay in " + directory + ": " + e);
    }
  }
}
