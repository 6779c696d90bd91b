package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A Jackson that a host has on its class path in place of the one that this library asks for. */
class JacksonVersionTest {
  private static final Path OLDER = Path.of("target/older-versions");
  private static final Path CORE = OLDER.resolve("jackson-core-2.14.3.jar");
  private static final Path DATABIND = OLDER.resolve("jackson-databind-2.14.3.jar");

  @Test
  void jackson_before_2_15_is_refused_with_the_remedy() throws Exception {
    assertRefused("jackson-core 2.14.3 and jackson-databind 2.14.3", CORE, DATABIND);
  }

  @Test
  void one_part_that_is_too_old_is_refused() throws Exception {
    assertRefused("jackson-core 2.14.3 and jackson-databind 2.", CORE);
    assertRefused("and jackson-databind 2.14.3", DATABIND);
  }

  private static void assertRefused(String found, Path... jars) throws Exception {
    assertThat(jars).allSatisfy(jar -> assertThat(jar).exists());
    try (URLClassLoader classes = classPathAfter(jars)) {
      assertThatThrownBy(() -> create(classes))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "webhooks-core needs Jackson 2.15 or later, all parts of one version, but found ",
              found,
              "import com.fasterxml.jackson:jackson-bom");
    }
  }

  @Test
  void class_path_of_this_project_is_accepted() throws Exception {
    try (URLClassLoader classes = classPathAfter()) {
      assertThat(create(classes).getClass().getClassLoader()).isSameAs(classes);
    }
  }

  private static Object create(ClassLoader classes) throws ReflectiveOperationException {
    return classes.loadClass("dev.webhooks.Webhooks").getMethod("builder").invoke(null);
  }

  /** Returns the tests' class path behind other jars, with nothing that is loaded already. */
  private static URLClassLoader classPathAfter(Path... jars) throws IOException {
    List<URL> urls = new ArrayList<>();
    for (Path jar : jars) {
      urls.add(url(jar));
    }
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(url(Path.of(entry)));
    }
    return new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
  }

  private static URL url(Path path) throws MalformedURLException {
    return path.toUri().toURL();
  }
}
