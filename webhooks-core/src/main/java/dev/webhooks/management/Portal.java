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
import java.util.regex.Matcher;
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
      "boxes.js",
      "deliveries.js",
      "delivery.js",
      "dialogs.js",
      "dom.js",
      "editor.js",
      "fields.js",
      "format.js",
      "health.js",
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
  /** Where the page has room for an option. */
  private static final Pattern PLACE = Pattern.compile("content=\"\\{([a-z-]+)}\"");

  private final PortalOptions options;

  Portal(PortalOptions options) {
    this.options = options;
  }

  /** Returns the routes of the page. */
  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (String name : FILES) {
      ApiResponse file = file(name);
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

  private ApiResponse file(String name) {
    byte[] content = name.equals(PAGE) ? page(read(name)) : read(name);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", TYPES.getOrDefault(name.substring(name.indexOf('.') + 1), ""));
    headers.put("content-security-policy", policy(options.origins()));
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

  /** Puts the options where the page finds them: in the contents of its meta elements. */
  private byte[] page(byte[] template) {
    Map<String, String> values = Map.of(
        "origins", options.origins(),
        "title", options.title(),
        "back-label", options.backLabel(),
        "back-url", options.backUrl(),
        "sign-out-url", options.signOutUrl());
    // In one pass, so that no value is read as a place of another one.
    return PLACE
        .matcher(new String(template, StandardCharsets.UTF_8))
        .replaceAll(place -> Matcher.quoteReplacement(
            "content=\"" + attribute(values.getOrDefault(place.group(1), "")) + "\""))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Escapes what would end an attribute's value or begin a character reference. */
  private static String attribute(String value) {
    return value
        .replace("&", "&amp;")
        .replace("\"", "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
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
