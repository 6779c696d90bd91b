package dev.webhooks.okhttp;

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

/** An OkHttp that a host has on its class path before the one that this library asks for. */
class OkHttpVersionTest {
  private static final Path FOUR = Path.of("target/older-versions/okhttp-4.12.0.jar");

  @Test
  void okhttp_4_before_5_is_refused_with_its_place_and_the_remedy() throws Exception {
    assertThat(FOUR).exists();
    try (URLClassLoader classes = classPathAfter(FOUR)) {
      assertThatThrownBy(() -> create(classes))
          .isInstanceOf(InvocationTargetException.class)
          .cause()
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "webhooks-okhttp needs OkHttp 5, but found OkHttp 4.12.0 in ",
              "okhttp-4.12.0.jar",
              "import com.squareup.okhttp3:okhttp-bom");
    }
  }

  @Test
  void class_path_of_this_project_is_accepted() throws Exception {
    try (URLClassLoader classes = classPathAfter()) {
      assertThat(create(classes).getClass().getClassLoader()).isSameAs(classes);
    }
  }

  private static Object create(ClassLoader classes) throws ReflectiveOperationException {
    return classes
        .loadClass("dev.webhooks.okhttp.OkHttpTransport")
        .getMethod("create")
        .invoke(null);
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
