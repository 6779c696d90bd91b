package dev.webhooks.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.webhooks.AccountWebhooks;
import dev.webhooks.Webhooks;
import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the HTTP requests with which the host's customers manage their webhooks. Thread-safe and
 * immutable.
 *
 * <p>It knows no web framework: the host hands it every request below a path of its choice and
 * sends back the response as it is. {@code GET /openapi.json} describes all of it and needs no
 * token; every other route needs {@code Authorization: Bearer <token>}. {@link #withRoute} adds
 * routes of the host's own, {@link #withPortal} a page for the host's customers.
 */
public final class ManagementApi {
  /** The most bytes that the body of a request has; a host need not read more than one more. */
  public static final int MAX_BODY_BYTES = 1_048_576;

  private static final Logger LOG = LoggerFactory.getLogger(ManagementApi.class);
  private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)*");
  private static final Pattern METHOD = Pattern.compile("[A-Z]+");

  private final Webhooks webhooks;
  private final Authenticator authenticator;
  private final String basePath;
  private final List<Route> routes;
  private final List<Route> hostRoutes;
  private final List<Route> portalRoutes;
  private final List<String> hostDescriptions;

  private ManagementApi(
      Webhooks webhooks,
      Authenticator authenticator,
      String basePath,
      List<Route> hostRoutes,
      List<Route> portalRoutes,
      List<String> hostDescriptions) {
    this.webhooks = webhooks;
    this.authenticator = authenticator;
    this.basePath = basePath;
    this.hostRoutes = hostRoutes;
    this.portalRoutes = portalRoutes;
    this.hostDescriptions = hostDescriptions;
    ObjectNode description = describe(basePath, hostDescriptions);
    this.routes = List.of(
        new Route("GET", "/openapi.json", List.of(), (route, request, ids) -> {
          Query.parse(request.query(), route.parameters());
          return Replies.ok(description);
        }),
        route(
            "GET",
            "/event-types",
            call -> Replies.ok(Views.eventTypes(webhooks.events().types()))),
        route("POST", "/webhooks", Operations::create),
        route("GET", "/webhooks", Operations::list, "page", "limit", "status", "event", "after"),
        route("GET", "/webhooks/{id}", Operations::get),
        route("PATCH", "/webhooks/{id}", Operations::update),
        route("DELETE", "/webhooks/{id}", Operations::delete),
        route(
            "GET",
            "/webhooks/{id}/deliveries",
            Operations::deliveries,
            "page",
            "limit",
            "status",
            "event",
            "from",
            "to",
            "after"),
        route("GET", "/webhooks/{id}/deliveries/{deliveryId}", Operations::delivery),
        route("POST", "/webhooks/{id}/deliveries/{deliveryId}/retry", Operations::retry),
        route("POST", "/webhooks/{id}/recover", Operations::recover),
        route("POST", "/webhooks/{id}/secret/rotate", Operations::rotateSecret),
        route("POST", "/webhooks/{id}/test", Operations::test));
  }

  /**
   * Returns the management API of an instance, at the root of the host's paths.
   *
   * @param webhooks the instance
   * @param authenticator knows whose token is whose
   */
  public static ManagementApi on(Webhooks webhooks, Authenticator authenticator) {
    Objects.requireNonNull(webhooks, "webhooks");
    Objects.requireNonNull(authenticator, "authenticator");
    return new ManagementApi(webhooks, authenticator, "", List.of(), List.of(), List.of());
  }

  /**
   * Returns this API below another path.
   *
   * @param basePath what every path begins with, such as {@code /api/v1}; empty for the root
   * @throws IllegalArgumentException if it has another form
   */
  public ManagementApi basePath(String basePath) {
    Objects.requireNonNull(basePath, "basePath");
    if (!PATH.matcher(basePath).matches()) {
      throw new IllegalArgumentException(
          "a base path looks like /api/v1, without a slash at its end, or is empty");
    }
    return new ManagementApi(
        webhooks, authenticator, basePath, hostRoutes, portalRoutes, hostDescriptions);
  }

  /**
   * Returns this API with a route of the host's own beside the built-in ones, such as one that
   * publishes events. Its callers need a token, its body has the same bound and strictness, it
   * takes no query, and what its handler throws is answered in the same form: a
   * {@link WebhookException} with its code, anything else as an unexpected fault. The description
   * at {@code /openapi.json} mentions it once {@link #withDescription} has said what it is.
   *
   * @param method the HTTP method, in capitals
   * @param path the path below the base path, such as {@code /events}
   * @param handler answers its requests
   * @throws IllegalArgumentException if method or path has another form, or there is such a route
   */
  public ManagementApi withRoute(String method, String path, HostRoute handler) {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(handler, "handler");
    if (!METHOD.matcher(method).matches()
        || path.isEmpty()
        || !PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("a route looks like POST /events");
    }
    if (allRoutes().anyMatch(known -> known.isFor(method, path))) {
      throw new IllegalArgumentException(
          "there is a route for " + method + " " + path + " already");
    }
    List<Route> more = new ArrayList<>(hostRoutes);
    more.add(route(
        method,
        path,
        call -> Objects.requireNonNull(handler.handle(new HostCall(call)), "a route's answer")));
    return new ManagementApi(
        webhooks, authenticator, basePath, List.copyOf(more), portalRoutes, hostDescriptions);
  }

  /**
   * Returns this API with a page at {@code /portal/} on which the host's customers create, watch,
   * test and mend their webhooks. The page's files hold no data and need no token; the page itself
   * calls this API with a token that the host gives it, best a short-lived one of one account:
   *
   * <ul>
   *   <li>behind {@code #token=} in the address, such as
   *       {@code https://app.acme.example/api/v1/portal/#token=…}, from where it is removed at
   *       once; or
   *   <li>if it is embedded, by {@code iframe.contentWindow.postMessage({type:
   *       "webhooks-portal:token", token}, origin)} in reply to its own message {@code {type:
   *       "webhooks-portal:token-needed"}}, which it sends at its start and whenever its token is
   *       not accepted any more.
   * </ul>
   *
   * <p>A strict content security policy goes with it: nothing from elsewhere is loaded, and only
   * the named origins may embed it. Called again, it replaces the page.
   *
   * @param options its title, its links to the host, and who may embed it
   * @throws IllegalArgumentException if a route of the host's own is in the way
   */
  public ManagementApi withPortal(PortalOptions options) {
    Objects.requireNonNull(options, "options");
    List<Route> portal = new Portal(options).routes();
    for (Route route : portal) {
      if (hostRoutes.stream().anyMatch(known -> known.isFor(route.method(), route.template()))) {
        throw new IllegalArgumentException("there is a route for " + route.template() + " already");
      }
    }
    return new ManagementApi(
        webhooks, authenticator, basePath, hostRoutes, portal, hostDescriptions);
  }

  /**
   * Returns this API with routes of the host's own in its description at {@code /openapi.json}.
   * Paths are relative to the base path; a path elsewhere names its {@code servers}. What the
   * description has already may be referred to, such as
   * {@code #/components/responses/Unauthorized}.
   *
   * @param openApi a JSON object in the form of OpenAPI 3.1 with {@code paths}, {@code components}
   *     or both
   * @throws IllegalArgumentException if it is anything else, or has an operation or component that
   *     is there already
   */
  public ManagementApi withDescription(String openApi) {
    Objects.requireNonNull(openApi, "openApi");
    List<String> more = new ArrayList<>(hostDescriptions);
    more.add(openApi);
    return new ManagementApi(
        webhooks, authenticator, basePath, hostRoutes, portalRoutes, List.copyOf(more));
  }

  private static ObjectNode describe(String basePath, List<String> hostDescriptions) {
    ObjectNode description = OpenApi.description(basePath);
    for (String own : hostDescriptions) {
      description = OpenApi.with(description, own);
    }
    return description;
  }

  /**
   * Returns this API with the page at {@code /portal/} as it is without options: no title, no links
   * to the host, and no other page may embed it.
   *
   * @throws IllegalArgumentException if a route of the host's own is in the way
   */
  public ManagementApi withPortal() {
    return withPortal(PortalOptions.standard());
  }

  /**
   * Answers a request; never throws. What goes wrong unexpectedly is logged with a reference, and
   * the response holds nothing but that reference.
   *
   * @param request the request as it was received
   */
  public ApiResponse handle(ApiRequest request) {
    Objects.requireNonNull(request, "request");
    try {
      return dispatch(request);
    } catch (WebhookException e) {
      return Replies.refused(e);
    } catch (Throwable e) {
      String reference = UUID.randomUUID().toString();
      LOG.error("A management request failed unexpectedly, reference {}", reference, e);
      return Replies.fault(reference);
    }
  }

  List<Route> routes() {
    return routes;
  }

  private Stream<Route> allRoutes() {
    return Stream.of(routes, hostRoutes, portalRoutes).flatMap(List::stream);
  }

  private ApiResponse dispatch(ApiRequest request) {
    if (!request.path().startsWith(basePath)) {
      return Replies.noRoute();
    }
    String path = request.path().substring(basePath.length());
    List<String> allowed = new ArrayList<>();
    for (Route route : allRoutes().toList()) {
      Optional<List<String>> ids = route.ids(path);
      if (ids.isPresent() && route.method().equals(request.method())) {
        return route.handler().handle(route, request, ids.get());
      }
      ids.ifPresent(fits -> allowed.add(route.method()));
    }
    return allowed.isEmpty() ? Replies.noRoute() : Replies.wrongMethod(allowed);
  }

  /** Makes a route whose caller must be known. */
  private Route route(
      String method, String template, Function<Call, ApiResponse> operation, String... parameters) {
    return new Route(
        method,
        template,
        List.of(parameters),
        (route, request, ids) -> operation.apply(call(route, request, ids)));
  }

  private Call call(Route route, ApiRequest request, List<String> ids) {
    AccountWebhooks account = caller(request);
    if (request.body().length > MAX_BODY_BYTES) {
      throw new WebhookException(
          ErrorCode.PAYLOAD_TOO_LARGE, "the body must have at most " + MAX_BODY_BYTES + " bytes");
    }
    Query query = Query.parse(request.query(), route.parameters());
    Optional<String> key = idempotencyKey(request);
    return new Call(
        key.map(account::withIdempotencyKey).orElse(account), key, ids, query, request.body());
  }

  private AccountWebhooks caller(ApiRequest request) {
    String account = Bearer.token(request)
        .flatMap(this::authenticated)
        .orElseThrow(() -> new WebhookException(
            ErrorCode.UNAUTHORIZED, "a valid token is required: Authorization: Bearer <token>"));
    try {
      return webhooks.account(account);
    } catch (WebhookException e) {
      // Not the caller's fault, so not to be answered as a refusal.
      throw new IllegalStateException("the authenticator returned a malformed account id", e);
    }
  }

  private Optional<String> authenticated(String token) {
    try {
      return authenticator.authenticate(token);
    } catch (WebhookException e) {
      throw e;
    } catch (RuntimeException e) {
      // Without message and cause, which may quote the token and would be logged.
      IllegalStateException bare = new IllegalStateException(
          "the authenticator failed with " + e.getClass().getName());
      bare.setStackTrace(e.getStackTrace());
      throw bare;
    }
  }

  private static Optional<String> idempotencyKey(ApiRequest request) {
    List<String> keys = request.header("idempotency-key");
    if (keys.size() > 1) {
      throw Refusals.invalid("Idempotency-Key must be given once");
    }
    return keys.stream().findFirst();
  }
}
