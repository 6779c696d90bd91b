package dev.webhooks.management;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One line of the routing table.
 *
 * @param method the HTTP method
 * @param template the path below the base path; a segment in braces stands for any id
 * @param parameters the names its query may have
 * @param handler what it does
 */
record Route(String method, String template, List<String> parameters, Handler handler) {
  /** Does what a route is for. */
  @FunctionalInterface
  interface Handler {
    /**
     * Answers a request.
     *
     * @param route the route that was found
     * @param ids what stands in the place of the segments in braces, in order
     */
    ApiResponse handle(Route route, ApiRequest request, List<String> ids);
  }

  boolean isFor(String method, String path) {
    return this.method.equals(method) && ids(path).isPresent();
  }

  /** Returns the ids in a path, or empty if the template does not fit. */
  Optional<List<String>> ids(String path) {
    String[] expected = template.split("/", -1);
    // One more than expected is enough to see that a path is too long.
    String[] given = path.split("/", expected.length + 1);
    if (given.length != expected.length) {
      return Optional.empty();
    }
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < given.length; i++) {
      if (expected[i].startsWith("{") && !given[i].isEmpty()) {
        ids.add(given[i]);
      } else if (!expected[i].equals(given[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(ids);
  }
}
