package dev.webhooks.testing;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Closes what a set-up has opened, however far it came. */
public final class Closing {
  private Closing() {}

  /**
   * Closes all of these that there are, in this order, whatever happens to those before.
   *
   * @param resources null for those that were not opened
   */
  public static void all(@Nullable AutoCloseable... resources) throws Exception {
    Objects.requireNonNull(resources, "resources");
    @Nullable Exception first = null;
    for (AutoCloseable resource : resources) {
      try {
        if (resource != null) {
          resource.close();
        }
      } catch (Exception e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
