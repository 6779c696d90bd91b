package dev.webhooks.readme;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The overview of the Javadoc site leads to all packages, and to nothing that there is not. */
class OverviewTest {
  private static final List<String> MODULES =
      List.of("webhooks-core", "webhooks-store-jdbc", "webhooks-okhttp");
  private static final Pattern EXPORT = Pattern.compile("exports ([a-z.]+);");
  private static final Pattern LINK = Pattern.compile("\\{@link ([a-z.]+)/([A-Za-z.]+)[ }]");
  private static final Pattern FILE = Pattern.compile("webhooks-java/(?:tree|blob)/HEAD/([^\"#]+)");

  private static final String OVERVIEW = Readmes.read(Path.of(".github/overview.html"));

  /** Every package that a module exports, as the overview writes it. */
  private static Stream<String> packages() {
    return MODULES.stream().flatMap(module -> {
      String descriptor = Readmes.read(Path.of(module, "src/main/java/module-info.java"));
      String name = descriptor.replaceAll("(?s).*\\nmodule ([a-z.]+) .*", "$1");
      return EXPORT.matcher(descriptor).results().map(found -> name + "/" + found.group(1));
    });
  }

  @TestFactory
  Stream<DynamicTest> every_package_is_named() {
    return packages()
        .map(name -> DynamicTest.dynamicTest(
            name, () -> assertThat(OVERVIEW).contains("{@link " + name + "}")));
  }

  @TestFactory
  Stream<DynamicTest> every_type_is_there() {
    List<String> packages = packages().toList();
    return LINK.matcher(OVERVIEW)
        .results()
        .filter(link -> !packages.contains(link.group(1) + "/" + link.group(2)))
        .map(link -> DynamicTest.dynamicTest(link.group(2), () -> {
          Class<?> type = Class.forName(link.group(2));
          assertThat(packages).contains(link.group(1) + "/" + type.getPackageName());
        }));
  }

  @Test
  void every_file_that_it_leads_to_is_there() {
    assertThat(FILE.matcher(OVERVIEW).results())
        .isNotEmpty()
        .allSatisfy(file -> assertThat(Readmes.path(file.group(1))).exists());
  }
}
