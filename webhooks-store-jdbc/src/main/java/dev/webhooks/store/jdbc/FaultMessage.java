package dev.webhooks.store.jdbc;

import java.net.UnknownHostException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The reason for a fault in one line, without passwords. Pools wrap the driver's message, and hosts
 * see the first line of an exception.
 */
final class FaultMessage {
  private static final int MOST_CAUSES = 20;
  private static final int LONGEST = 300;
  private static final int H2_IN_USE = 90020;

  /** A JDBC URL, whose parameters may have a password. */
  private static final Pattern URL = Pattern.compile("jdbc:([a-z0-9]+):([^\\s?;]*)[^\\s]*");

  private static final Pattern USER_INFO = Pattern.compile("//\\S*@");
  private static final Pattern PASSWORD =
      Pattern.compile("(?i)(password|passwd|pwd|secret|token)=[^\\s&;,)]*");

  private FaultMessage() {}

  /** Returns the reason why there is no connection. */
  static String forNoConnection(Throwable fault) {
    List<Throwable> causes = causes(fault);
    return unknownHost(causes)
        .or(() -> missingDriver(causes))
        .or(() -> fileInUse(causes))
        .orElseGet(() -> of(causes));
  }

  /** Returns the message of the innermost fault that comes from the database. */
  static String of(Throwable fault) {
    return of(causes(fault));
  }

  private static String of(List<Throwable> causes) {
    Throwable root = causes.get(causes.size() - 1);
    Throwable said = last(causes, cause -> cause instanceof SQLException && hasMessage(cause))
        .or(() -> last(causes, FaultMessage::hasMessage))
        .orElse(root);
    String line = line(said);
    boolean more = hasMessage(root) && !line.contains(line(root));
    return cut(more ? line + " (" + line(root) + ")" : line);
  }

  private static Optional<String> unknownHost(List<Throwable> causes) {
    return last(causes, cause -> cause instanceof UnknownHostException && hasMessage(cause))
        .map(cause -> "the host " + line(cause).split(":", 2)[0] + " is not known");
  }

  private static Optional<String> missingDriver(List<Throwable> causes) {
    boolean missing = causes.stream()
        .anyMatch(cause -> cause instanceof ClassNotFoundException
            || cause instanceof NoClassDefFoundError
            || (hasMessage(cause) && message(cause).startsWith("No suitable driver")));
    if (!missing) {
      return Optional.empty();
    }
    String product = causes.stream()
        .map(cause -> URL.matcher(message(cause)))
        .filter(Matcher::find)
        .map(url -> url.group(1))
        .findFirst()
        .orElse("");
    return Optional.of(
        product.isEmpty()
            ? "a JDBC driver is not on the class path: " + of(causes)
            : "no JDBC driver for jdbc:" + product + " is on the class path" + toAdd(product));
  }

  private static String toAdd(String product) {
    return switch (product.toLowerCase(Locale.ROOT)) {
      case "postgresql" -> ": add org.postgresql:postgresql";
      case "mariadb" -> ": add org.mariadb.jdbc:mariadb-java-client";
      case "h2" -> ": add com.h2database:h2";
      default -> "; " + Dialect.SUPPORTED;
    };
  }

  private static Optional<String> fileInUse(List<Throwable> causes) {
    return last(
            causes,
            cause -> cause instanceof SQLException fault && fault.getErrorCode() == H2_IN_USE)
        .map(cause -> cut(
            "the file is in use by another process, and H2 in a file is for one: " + line(cause)));
  }

  private static List<Throwable> causes(Throwable fault) {
    List<Throwable> causes = new ArrayList<>();
    Throwable next = fault;
    while (next != null && causes.size() < MOST_CAUSES) {
      causes.add(next);
      next = next.getCause();
    }
    return causes;
  }

  private static Optional<Throwable> last(
      List<Throwable> causes, Predicate<? super Throwable> which) {
    return causes.stream().filter(which).reduce((before, after) -> after);
  }

  private static boolean hasMessage(Throwable fault) {
    return !message(fault).isBlank();
  }

  /** Returns the first line of the message without passwords, or else the class's name. */
  private static String line(Throwable fault) {
    String line =
        message(fault).strip().lines().findFirst().orElse(fault.getClass().getName());
    String bare = URL.matcher(line).replaceAll("jdbc:$1:$2");
    return PASSWORD.matcher(USER_INFO.matcher(bare).replaceAll("//")).replaceAll("$1=***");
  }

  private static String message(Throwable fault) {
    @Nullable String message = fault.getMessage();
    return message == null ? "" : message;
  }

  private static String cut(String line) {
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
  }
}
