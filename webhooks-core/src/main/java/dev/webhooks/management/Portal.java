package dev.webhooks.management;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Serves the page with which customers manage their webhooks: a fixed list of files, resources
 * beside this class that are read once. They hold no data and need no token.
 */
final class Portal {
  /** The page, which stands for the folder itself. */
  static final String PAGE = "index.html";

  /** Every file; what is not in this list is not served, whatever is in the jar. */
  static final List<String> FILES = List.of(
      PAGE,
      "portal.css",
      "icon.svg",
      "api.js",
      "app.js",
      "deliveries.js",
      "delivery.js",
      "dialogs.js",
      "dom.js",
      "editor.js",
      "fields.js",
      "format.js",
      "json.js",
      "screen.js",
      "session.js",
      "webhook.js",
      "webhooks.js");

  private static final String PATH = "/portal";
  private static final Map<String, String> TYPES = Map.of(
      "html", "text/html; charset=utf-8",
      "css", "text/css; charset=utf-8",
      "js", "text/javascript; charset=utf-8",
      "svg", "image/svg+xml");
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");
  private static final Pattern DEFAULT_PORT = Pattern.compile("https://.*:443|http://.*:80");

  /** Where the page finds the origins that may give it a token. */
  private static final String ORIGINS_PLACE = "content=\"origins\"";

  private Portal() {}

  /**
   * Returns the routes of the page.
   *
   * @param embeddedIn the origins that may embed it
   * @throws IllegalArgumentException if one is not an origin
   */
  static List<Route> routes(String... embeddedIn) {
    for (String origin : embeddedIn) {
      Objects.requireNonNull(origin, "embeddedIn");
      if (!ORIGIN.matcher(origin).matches() || DEFAULT_PORT.matcher(origin).matches()) {
        throw new IllegalArgumentException(
            "an origin looks like https://app.acme.example, in lower case, with neither a path nor"
                + " the default port");
      }
    }
    String origins = String.join(" ", embeddedIn);
    List<Route> routes = new ArrayList<>();
    for (String name : FILES) {
      ApiResponse file = file(name, origins);
      serve(routes, PATH + "/" + (name.equals(PAGE) ? "" : name), file);
    }
    // Relative, since a proxy may have changed the path; browsers keep what follows the hash sign.
    ApiResponse toFolder = new ApiResponse(
        308, Map.of("location", "portal/", "cache-control", "no-store"), new byte[0]);
    serve(routes, PATH, toFolder);
    return List.copyOf(routes);
  }

  private static void serve(List<Route> routes, String path, ApiResponse file) {
    ApiResponse head = new ApiResponse(file.status(), file.headers(), new byte[0]);
    routes.add(new Route("GET", path, List.of(), (route, request, ids) -> reply(request, file)));
    routes.add(new Route("HEAD", path, List.of(), (route, request, ids) -> reply(request, head)));
  }

  private static ApiResponse reply(ApiRequest request, ApiResponse file) {
    return isKnown(request, file.headers().getOrDefault("etag", ""))
        ? new ApiResponse(304, file.headers(), new byte[0])
        : file;
  }

  /** Returns whether the browser has the file already. */
  private static boolean isKnown(ApiRequest request, String tag) {
    return !tag.isEmpty()
        && request.header("if-none-match").stream()
            .flatMap(value -> Arrays.stream(value.split(",", -1)))
            .map(String::strip)
            // A server that compresses what it sends makes the tag a weak one.
            .anyMatch(given -> given.equals(tag) || given.equals("W/" + tag));
  }

  private static ApiResponse file(String name, String origins) {
    byte[] content = read(name);
    if (name.equals(PAGE)) {
      content = new String(content, StandardCharsets.UTF_8)
          .replace(ORIGINS_PLACE, "content=\"" + origins + "\"")
          .getBytes(StandardCharsets.UTF_8);
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", TYPES.getOrDefault(name.substring(name.indexOf('.') + 1), ""));
    headers.put("content-security-policy", policy(origins));
    headers.put("x-content-type-options", "nosniff");
    headers.put("referrer-policy", "no-referrer");
    // Asked for each time, so that no browser mixes the files of two versions.
    headers.put("cache-control", "no-cache");
    headers.put("etag", tag(content));
    return new ApiResponse(200, headers, content);
  }

  /**
   * Allows the page's own files and calls, and nothing else; browsers that know trusted types
   * refuse every text that a script would have parsed as HTML.
   */
  private static String policy(String origins) {
    return String.join(
        "; ",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors " + (origins.isEmpty() ? "'none'" : origins),
        "require-trusted-types-for 'script'",
        "trusted-types 'none'");
  }

  private static byte[] read(String name) {
    try (InputStream resource = Portal.class.getResourceAsStream("portal/" + name)) {
      if (resource == null) {
        throw new FileNotFoundException("portal/" + name + " is not in the jar");
      }
      return resource.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String tag(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return "\"" + HexFormat.of().formatHex(hash, 0, 16) + "\"";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
