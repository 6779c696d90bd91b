package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.UrlPolicy;
import dev.webhooks.validation.ValidUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads URLs of webhooks, without any look-up and whether or not their host is public. It takes the
 * one form that all parsers read alike, and refuses the rest rather than mending it.
 */
final class UrlParser {
  private static final String SCHEME = "https://";
  private static final int DEFAULT_PORT = 443;
  /** Spelled out: comparing without case would take letters of other scripts for these. */
  private static final Pattern SCHEME_IN_ANY_CASE = Pattern.compile("[hH][tT][tT][pP][sS]://");

  private static final Pattern PORT = Pattern.compile("[1-9][0-9]{0,4}");

  private UrlParser() {}

  static ValidUrl parse(String url) {
    require(!url.isEmpty(), "the URL is missing");
    require(url.length() <= UrlPolicy.MAX_LENGTH, tooLong());
    require(SCHEME_IN_ANY_CASE.matcher(url).lookingAt(), "the URL must begin with https://");
    require(url.indexOf('#') < 0, "the URL must not have a fragment");
    int end = endOfAuthority(url);
    String authority = url.substring(SCHEME.length(), end);
    requireCleanAuthority(authority);
    String rest = url.substring(end);
    require(
        SafeText.isPrintableAscii(rest) && rest.indexOf('\\') < 0,
        "path and query of the URL must be printable ASCII without spaces and backslashes");
    int colon = portColon(authority);
    int port = colon < 0 ? DEFAULT_PORT : port(authority.substring(colon + 1));
    return build(host(colon < 0 ? authority : authority.substring(0, colon)), port, rest);
  }

  private static ValidUrl build(String host, int port, String rest) {
    String bracketed = host.indexOf(':') < 0 ? host : "[" + host + "]";
    String text =
        SCHEME + bracketed + (port == DEFAULT_PORT ? "" : ":" + port) + canonicalRest(rest);
    require(text.length() <= UrlPolicy.MAX_LENGTH, tooLong());
    requireSameReading(text, bracketed, port);
    return new ValidUrl(text, host, port);
  }

  /**
   * Returns path and query as clients send them. They resolve segments of dots, and send an
   * apostrophe escaped in a query, though not in a path.
   */
  private static String canonicalRest(String rest) {
    int mark = rest.indexOf('?');
    String path = mark < 0 ? rest : rest.substring(0, mark);
    String query = mark < 0 ? "" : rest.substring(mark).replace("'", "%27");
    return DotSegments.resolve(path) + query;
  }

  /** A second opinion: what we send must mean to a parser of the JDK what it means to us. */
  private static void requireSameReading(String text, String host, int port) {
    try {
      URI uri = new URI(text);
      int itsPort = uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort();
      require(host.equals(uri.getHost()) && port == itsPort, "the host of the URL is malformed");
    } catch (URISyntaxException e) {
      throw invalid("path or query of the URL is malformed");
    }
  }

  private static int endOfAuthority(String url) {
    int end = SCHEME.length();
    while (end < url.length() && url.charAt(end) != '/' && url.charAt(end) != '?') {
      end++;
    }
    return end;
  }

  private static void requireCleanAuthority(String authority) {
    require(!authority.isEmpty(), "the URL must have a host");
    require(authority.indexOf('@') < 0, "the URL must not have user info");
    require(
        authority.codePoints().noneMatch(c -> c <= 0x20 || c == 0x7f || c == '\\' || c == '%'),
        "the host of the URL must not have spaces, control characters, backslashes and escapes");
  }

  /** Returns where the port's colon is, or -1. */
  private static int portColon(String authority) {
    int colon = authority.indexOf(':', authority.lastIndexOf(']') + 1);
    require(
        colon == authority.lastIndexOf(':')
            || authority.lastIndexOf(':') < authority.lastIndexOf(']'),
        "an IPv6 address in the URL must be in brackets");
    return colon;
  }

  private static int port(String text) {
    require(
        PORT.matcher(text).matches() && Integer.parseInt(text) <= 65535,
        "the port of the URL must be a number from 1 to 65535");
    return Integer.parseInt(text);
  }

  private static String host(String text) {
    if (text.startsWith("[") || text.endsWith("]")) {
      return ipv6(text);
    }
    return canonical(text);
  }

  private static String ipv6(String text) {
    String inner = text.replaceFirst("^\\[", "").replaceFirst("]$", "");
    byte @Nullable [] address = IpText.parse(inner);
    require(
        text.length() == inner.length() + 2 && address != null && address.length == 16,
        "only an IPv6 address without a zone may be in brackets");
    return address == null ? inner : IpText.format(TargetList.unmapped(address));
  }

  private static String canonical(String host) {
    try {
      return HostName.canonical(host);
    } catch (IllegalArgumentException e) {
      throw invalid("the URL is malformed: " + e.getMessage());
    }
  }

  private static String tooLong() {
    return "the URL must have at most " + UrlPolicy.MAX_LENGTH + " characters";
  }

  private static void require(boolean condition, String rule) {
    if (!condition) {
      throw invalid(rule);
    }
  }

  private static WebhookException invalid(String rule) {
    return new WebhookException(ErrorCode.INVALID_URL, rule);
  }
}
