package dev.webhooks.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every jar that the build has made has the licence in it. This module is the last of the build, so
 * all are there by then; what was not built now is not looked for.
 */
class LicenceIT {
  private static final Path ROOT = Path.of("../..");

  private static List<Path> jars() throws IOException {
    try (Stream<Path> files =
        Files.find(ROOT, 4, (file, attributes) -> file.getFileName().toString().endsWith(".jar"))) {
      return files
          .filter(file -> file.getParent().endsWith("target"))
          .filter(file -> !file.getFileName().toString().startsWith("original-"))
          .sorted()
          .toList();
    }
  }

  @Test
  void the_jar_of_this_module_is_there() throws IOException {
    assertThat(jars()).anyMatch(jar -> jar.toString().contains("webhooks-example-spring-boot"));
  }

  @TestFactory
  Stream<DynamicTest> a_jar_has_the_licence() throws IOException {
    String licence = Files.readString(ROOT.resolve("LICENSE"));
    return jars().stream()
        .map(jar -> DynamicTest.dynamicTest(
            jar.toString(), () -> assertThat(licenceIn(jar)).isEqualTo(licence)));
  }

  private static String licenceIn(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry("META-INF/LICENSE");
      assertThat(entry).as("META-INF/LICENSE").isNotNull();
      try (InputStream text = zip.getInputStream(entry)) {
        return new String(text.readAllBytes(), StandardCharsets.UTF_8);
      }
    }
  }
}
