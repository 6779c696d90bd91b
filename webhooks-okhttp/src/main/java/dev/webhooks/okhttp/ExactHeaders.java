package dev.webhooks.okhttp;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * An interceptor that sends exactly the given headers and those that frame the message. It removes
 * what OkHttp adds: {@code Accept-Encoding}, {@code Connection} and {@code User-Agent}.
 */
final class ExactHeaders implements Interceptor {
  /** The names of headers that frame or route the message. */
  private static final Set<String> FRAMING = Set.of(
      "connection",
      "content-length",
      "expect",
      "host",
      "http2-settings",
      "keep-alive",
      "proxy-connection",
      "te",
      "trailer",
      "transfer-encoding",
      "upgrade");

  record Given(Headers headers) {}

  /**
   * Checks headers.
   *
   * @throws IllegalArgumentException if one frames the message or has an invalid character
   */
  static Given check(Map<String, String> headers) {
    Headers.Builder given = new Headers.Builder();
    headers.forEach((name, value) -> {
      if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("a header frames the message: " + name);
      }
      given.set(name, value);
    });
    return new Given(given.build());
  }

  /** Adds the headers to a request. OkHttp then asks for no compression and inflates nothing. */
  static void carry(Request.Builder request, Given given) {
    request.header("Accept-Encoding", "identity").tag(Given.class, given);
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    Headers.Builder exact = new Headers.Builder();
    copy(request, "Host", exact);
    Given given = request.tag(Given.class);
    if (given != null) {
      exact.addAll(given.headers());
    }
    copy(request, "Content-Length", exact);
    return chain.proceed(request.newBuilder().headers(exact.build()).build());
  }

  private static void copy(Request request, String name, Headers.Builder exact) {
    String value = request.header(name);
    if (value != null) {
      exact.add(name, value);
    }
  }
}
