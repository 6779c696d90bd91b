package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Hides the values of custom headers that may hold credentials: of all but a short list of names
 * that are known to be harmless. Thread-safe.
 */
public final class HeaderMask {
  /** The text in the place of a hidden value; it tells nothing of it, not even its length. */
  public static final String MASK = "********";

  private static final Set<String> HARMLESS =
      Set.of("accept", "accept-language", "cache-control", "content-language");

  private HeaderMask() {}

  /**
   * Returns whether a header's value is hidden.
   *
   * @param name a header's name in any case
   */
  public static boolean hides(String name) {
    Objects.requireNonNull(name, "name");
    return !HARMLESS.contains(name.toLowerCase(Locale.ROOT));
  }

  /**
   * Returns the headers with {@link #MASK} for every hidden value, in the same order.
   *
   * @param headers names and real values
   */
  public static Map<String, String> mask(Map<String, String> headers) {
    Objects.requireNonNull(headers, "headers");
    Map<String, String> masked = new LinkedHashMap<>(headers);
    masked.replaceAll((name, value) -> hides(name) ? MASK : value);
    return masked;
  }

  /**
   * Returns the headers with the stored value for every {@link #MASK}, in the same order, so that
   * what was read can be written back.
   *
   * @param given names and values, where a mask keeps the stored value of that name, whatever the
   *     case of the name
   * @param stored names and real values
   * @throws WebhookException with {@link ErrorCode#INVALID_HEADER} if there is no stored header for
   *     a mask
   */
  public static Map<String, String> unmask(Map<String, String> given, Map<String, String> stored) {
    Objects.requireNonNull(given, "given");
    Objects.requireNonNull(stored, "stored");
    Map<String, String> known = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    known.putAll(stored);
    Map<String, String> unmasked = new LinkedHashMap<>();
    given.forEach((name, value) -> {
      boolean kept = MASK.equals(value) && name != null;
      unmasked.put(name, kept ? require(name, known.get(name)) : value);
    });
    return unmasked;
  }

  private static String require(String name, @Nullable String stored) {
    if (stored == null) {
      throw new WebhookException(
          ErrorCode.INVALID_HEADER,
          "header " + SafeText.quote(name) + " has the mask for a value, but no stored value");
    }
    return stored;
  }
}
