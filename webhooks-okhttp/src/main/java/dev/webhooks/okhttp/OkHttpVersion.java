package dev.webhooks.okhttp;

import java.net.URL;
import java.security.CodeSource;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The OkHttp on the class path. Versions 4 and 5 have different names in Maven ({@code okhttp},
 * {@code okhttp-jvm}), so both may be present; the JVM loads the first.
 */
final class OkHttpVersion {
  private static final int OLDEST = 5;

  private OkHttpVersion() {}

  /**
   * Checks the version.
   *
   * @throws IllegalStateException if it is too old, naming it and the remedy
   */
  static void require() {
    String version = find();
    if (version == null || major(version) < OLDEST) {
      throw new IllegalStateException("webhooks-okhttp needs OkHttp " + OLDEST
          + ", but found OkHttp " + (version == null ? "3 or older" : version) + " in " + place()
          + ": import com.squareup.okhttp3:okhttp-bom of version " + OLDEST
          + " in Maven's dependencyManagement, or exclude com.squareup.okhttp3:okhttp from what"
          + " brings the old one");
    }
  }

  /**
   * Reads the version by reflection, since the compiler would copy the constant; version 3 has
   * none.
   */
  private static @Nullable String find() {
    try {
      Object version = Class.forName("okhttp3.OkHttp").getField("VERSION").get(null);
      return String.valueOf(version);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static int major(String version) {
    String digits = version.replaceFirst("\\..*", "");
    return digits.matches("\\d{1,9}") ? Integer.parseInt(digits) : OLDEST;
  }

  private static String place() {
    CodeSource source = OkHttpClient.class.getProtectionDomain().getCodeSource();
    URL location = source == null ? null : source.getLocation();
    return location == null ? "an unknown place" : location.toString();
  }
}
