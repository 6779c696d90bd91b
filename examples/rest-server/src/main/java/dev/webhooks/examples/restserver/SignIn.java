package dev.webhooks.examples.restserver;

import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.Authenticator;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a customer into the portal. It stands in for the host's own application, whose user is
 * signed in already: here somebody is signed in who knows an API token.
 *
 * <p>What a host has to do is the last line but one of {@link #enter}: issue a short-lived token
 * for the account of its user, and send the browser to the portal with it behind {@code #token=}.
 * What follows a hash sign is sent to no server, and the portal removes it from the address at
 * once.
 */
final class SignIn {
  static final String PATH = "/sign-in";
  private static final String FIELD = "token=";
  private static final String PAGE = """
      <!doctype html>
      <html lang="en">
      <head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
      <meta name="viewport" content="width=device-width, initial-scale=1"><title>Sign in</title></head>
      <body><main>
      <h1>Sign in</h1>
      <p>%s</p>
      <form method="post">
      <label for="token">API token</label>
      <input id="token" name="token" type="password" required autofocus>
      <button>Sign in</button>
      </form>
      </main></body>
      </html>
      """;

  private final Authenticator apiTokens;
  private final PortalTokens portalTokens;
  private final String portal;

  /**
   * Makes the route.
   *
   * @param portal the path of the portal, with a slash at its end
   */
  SignIn(Authenticator apiTokens, PortalTokens portalTokens, String portal) {
    this.apiTokens = apiTokens;
    this.portalTokens = portalTokens;
    this.portal = portal;
  }

  OwnRoute route() {
    return new OwnRoute(PATH, List.of("GET", "HEAD", "POST"), this::answer);
  }

  private ApiResponse answer(ApiRequest request) {
    return request.method().equals("POST")
        ? enter(new String(request.body(), StandardCharsets.US_ASCII))
        : page(200, "With one of the tokens in API_TOKENS.");
  }

  private ApiResponse enter(String form) {
    Optional<String> account = given(form).flatMap(apiTokens::authenticate);
    if (account.isEmpty()) {
      return page(403, "This token is not known.");
    }
    String target = portal + "#token=" + portalTokens.issue(account.get());
    return new ApiResponse(
        303, Map.of("location", target, "cache-control", "no-store"), new byte[0]);
  }

  private static Optional<String> given(String form) {
    if (!form.startsWith(FIELD)) {
      return Optional.empty();
    }
    try {
      return Optional.of(URLDecoder.decode(form.substring(FIELD.length()), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static ApiResponse page(int status, String sentence) {
    return new ApiResponse(
        status,
        Map.of(
            "content-type", "text/html; charset=utf-8",
            "content-security-policy",
                "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
            "cache-control", "no-store",
            "x-content-type-options", "nosniff"),
        PAGE.formatted(sentence).getBytes(StandardCharsets.UTF_8));
  }
}
