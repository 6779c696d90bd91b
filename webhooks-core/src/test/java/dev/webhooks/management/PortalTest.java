package dev.webhooks.management;

import static dev.webhooks.management.ApiFixture.json;
import static dev.webhooks.management.ApiFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.EventType;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests how the portal's files are served, and what must never be in them. */
class PortalTest {
  private static final String HOST = "https://app.acme.example";

  private final ApiFixture fixture = new ApiFixture();
  private final ManagementApi api = fixture.api.withPortal().basePath("/api");

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void the_page_is_served_without_a_token_and_with_a_strict_policy() {
    ApiResponse page = send(api, "GET", "/api/portal/");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.text()).startsWith("<!doctype html>").contains("content=\"\"");
    assertThat(page.headers())
        .containsEntry("content-type", "text/html; charset=utf-8")
        .containsEntry("x-content-type-options", "nosniff")
        .containsEntry("referrer-policy", "no-referrer")
        .containsEntry("cache-control", "no-cache")
        .containsEntry(
            "content-security-policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
                + " 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none';"
                + " require-trusted-types-for 'script'; trusted-types 'none'");
  }

  @ParameterizedTest
  @CsvSource({
    "portal.css, text/css; charset=utf-8",
    "app.js, text/javascript; charset=utf-8",
    "icon.svg, image/svg+xml"
  })
  void each_file_has_its_type_and_the_policy(String name, String type) {
    ApiResponse file = send(api, "GET", "/api/portal/" + name);

    assertThat(file.headers())
        .containsEntry("content-type", type)
        .containsEntry("x-content-type-options", "nosniff")
        .containsKey("content-security-policy");
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_browser_that_has_a_file_is_not_sent_it_again(String name) {
    String path = "/api/portal/" + (name.equals(Portal.PAGE) ? "" : name);
    ApiResponse file = send(api, "GET", path);
    String tag = file.headers().get("etag");

    assertThat(file.body()).isNotEmpty();
    assertThat(tag).matches("\"[0-9a-f]{32}\"");
    for (String given : List.of(tag, "W/" + tag, "\"x\", " + tag)) {
      ApiResponse again = send(api, "GET", path, "If-None-Match", given);
      assertThat(again.status()).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.headers()).containsEntry("etag", tag);
    }
    assertThat(send(api, "GET", path, "If-None-Match", "\"x\"").status()).isEqualTo(200);
    ApiResponse head = send(api, "HEAD", path);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers()).isEqualTo(file.headers());
  }

  @Test
  void without_its_slash_the_folder_leads_to_the_page() {
    ApiResponse folder = send(api, "GET", "/api/portal");

    assertThat(folder.status()).isEqualTo(308);
    assertThat(
            URI.create("https://a.example/api/portal").resolve(folder.headers().get("location")))
        .hasToString("https://a.example/api/portal/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/portal/other.js",
        "/api/portal/index.html",
        "/api/portal//",
        "/api/portal/app.js/",
        "/api/portal/../openapi.json",
        "/api/portal/..%2fopenapi.json",
        "/api/portal/%2e%2e/openapi.json",
        "/api/portal/APP.JS",
        "/api/portal/app.js%00",
        "/portal/"
      })
  void nothing_else_is_served(String path) {
    assertThat(refusal(send(api, "GET", path))).isEqualTo("404 NOT_FOUND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/portal", "/api/portal/", "/api/portal/app.js"})
  void files_are_only_read(String path) {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "OPTIONS")) {
      ApiResponse refused = send(api, method, path);
      assertThat(refusal(refused)).isEqualTo("405 METHOD_NOT_ALLOWED");
      assertThat(refused.headers()).containsEntry("allow", "GET, HEAD");
    }
  }

  @Test
  void it_is_not_there_unless_asked_for() {
    assertThat(refusal(send(fixture.api, "GET", "/portal/"))).isEqualTo("404 NOT_FOUND");
  }

  @Test
  void named_origins_may_embed_it_and_it_knows_them() {
    ApiResponse page = send(
        fixture.api.withPortal(PortalOptions.standard()
            .embeddedIn(HOST, "http://localhost:8080", "http://[::1]:8090")),
        "GET",
        "/portal/");

    assertThat(page.headers().get("content-security-policy"))
        .contains(
            "; frame-ancestors https://app.acme.example http://localhost:8080 http://[::1]:8090;");
    assertThat(page.text())
        .contains("content=\"https://app.acme.example http://localhost:8080 http://[::1]:8090\"");
    assertThat(page.headers().get("etag"))
        .isNotEqualTo(
            send(fixture.api.withPortal(), "GET", "/portal/").headers().get("etag"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "https://*",
        "https://*.acme.example",
        "app.acme.example",
        "https://app.acme.example/",
        "https://app.acme.example:443",
        "http://app.acme.example:80",
        "https://App.acme.example",
        "https://a.example https://b.example",
        "https://a.example; script-src *",
        "https://a.example\"><script>",
        "'self'",
        "javascript:alert(1)"
      })
  void what_is_not_an_origin_is_refused(String origin) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortalOptions.standard().embeddedIn(HOST, origin))
        .withMessageStartingWith("an origin looks like https://app.acme.example");
  }

  @Test
  void the_page_knows_the_title_and_the_ways_back_and_out() {
    PortalOptions options = PortalOptions.standard()
        .title(" Acme & Co ")
        .backTo("Zurück zu <Acme>", "https://app.acme.example/home?a=1&b=%22#top")
        .signOut("/log-out");

    assertThat(page(options))
        .contains(
            "<meta name=\"portal-title\" content=\"Acme &amp; Co\">",
            "<meta name=\"portal-back-label\" content=\"Zurück zu &lt;Acme&gt;\">",
            "<meta name=\"portal-back-url\""
                + " content=\"https://app.acme.example/home?a=1&amp;b=%22#top\">",
            "<meta name=\"portal-sign-out-url\" content=\"/log-out\">")
        .doesNotContain("{");
    assertThat(page(PortalOptions.standard()))
        .contains("<meta name=\"portal-title\" content=\"\">")
        .doesNotContain("{");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"><script>alert(1)</script>",
        "content=\"{back-url}\"",
        "$1\\",
        "' onload='x",
        "&quot;&lt;"
      })
  void text_of_the_host_does_not_leave_its_place(String text) {
    String plain = page(PortalOptions.standard().title("x").backTo("x", "/b"));

    String page = page(PortalOptions.standard().title(text).backTo(text, "/b"));

    String escaped = text.replace("&", "&amp;")
        .replace("\"", "&quot;")
        .replace("<", "&lt;")
        .replace(">", "&gt;");
    assertThat(page).isEqualTo(plain.replace("content=\"x\"", "content=\"" + escaped + "\""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "#",
        "?x",
        "home",
        "./home",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:",
        "https:evil.example",
        "https:///evil.example",
        "https://a@evil.example/",
        "https://evil.example/\u0000",
        "/a b",
        "/\n",
        "/\"onclick=x",
        "javascript:alert(1)",
        "JavaScript:alert(1)//https://acme.example",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "blob:https://acme.example/1",
        "file:///etc/passwd",
        "mailto:a@acme.example"
      })
  void what_is_no_link_to_the_host_is_refused(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortalOptions.standard().backTo("Back", url))
        .withMessageStartingWith("a link back is an https or http URL");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortalOptions.standard().signOut(url))
        .withMessageStartingWith("a link to sign out is an https or http URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "a\nb", "a\u202eb", "a\u200bb", "a\u2028b", "\u0000"})
  void what_cannot_be_seen_is_no_title(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortalOptions.standard().title(text))
        .withMessageStartingWith("a title has 1 to 80 characters");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortalOptions.standard().title("x".repeat(81)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PortalOptions.standard().backTo(text, "/"))
        .withMessageStartingWith("a label has 1 to 80 characters");
  }

  private String page(PortalOptions options) {
    ApiResponse page = send(fixture.api.withPortal(options), "GET", "/portal/");
    assertThat(page.headers()).containsKey("content-security-policy");
    return page.text();
  }

  @Test
  void it_lives_beside_the_routes_of_the_host_but_not_in_one_place() {
    ManagementApi both = fixture.api.withRoute("GET", "/mine", call -> null).withPortal();

    assertThat(send(both, "GET", "/portal/").status()).isEqualTo(200);
    assertThat(send(both, "GET", "/mine").status()).isEqualTo(401);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> both.withRoute("GET", "/portal", call -> null))
        .withMessageContaining("already");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fixture.api.withRoute("HEAD", "/portal", call -> null).withPortal())
        .withMessageContaining("/portal already");
  }

  @Test
  void all_files_together_are_small() {
    int total = files().mapToInt(name -> read(name).length()).sum();

    // As a customer's browser gets them once; they are plain text, a third of that compressed.
    assertThat(total).isLessThan(100_000);
  }

  @ParameterizedTest
  @MethodSource("files")
  void nothing_is_inline_and_nothing_parses_text_as_code_or_html(String name) {
    String content = read(name);

    assertThat(content)
        .doesNotContainIgnoringCase(
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "createContextualFragment",
            "DOMParser",
            "srcdoc",
            "eval(",
            "new Function",
            "javascript:",
            "import(",
            "@import",
            "target=");
    assertThat(Pattern.compile("(setTimeout|setInterval)\\(\\s*['\"`]")
            .matcher(content)
            .find())
        .isFalse();
    if (name.endsWith(".html") || name.endsWith(".svg")) {
      assertThat(content).doesNotContainPattern("(?i)\\s(on[a-z]+|style)\\s*=|<style");
      assertThat(content)
          .doesNotContainPattern("(?i)<script(?! type=\"module\" src=\"[a-z]+\\.js\")");
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void nothing_comes_from_another_host(String name) {
    String known = read(name)
        .replace("http://www.w3.org/2000/svg", "")
        .replace("https://example.com/webhooks", "");

    assertThat(known).doesNotContainPattern("\\b(https?|wss?):|[\"'(]//|\\burl\\(");
  }

  @Test
  void every_script_is_served_that_another_one_names() {
    Pattern imports = Pattern.compile("from '\\./([a-z]+\\.js)'");

    assertThat(files().flatMap(name -> imports.matcher(read(name)).results().map(m -> m.group(1))))
        .isNotEmpty()
        .isSubsetOf(Portal.FILES);
  }

  @Test
  void the_event_types_that_it_offers_are_those_of_the_catalogue() {
    ApiResponse types = fixture.get("/event-types");

    assertThat(json(types).path("data").findValuesAsText("name"))
        .isEqualTo(EventCatalog.builtIn().types().stream().map(EventType::name).toList())
        .contains("dataset.created");
    assertThat(json(types).at("/data/0").toString())
        .isEqualTo("{\"name\":\"dataset.created\",\"description\":\"a dataset was created\","
            + "\"requiredFields\":[\"datasetId\",\"name\",\"type\"]}");
    assertThat(refusal(fixture.get("/event-types?page=1"))).isEqualTo("400 INVALID_REQUEST");
    assertThat(refusal(fixture.send("GET", "/event-types", Map.of(), "")))
        .isEqualTo("401 UNAUTHORIZED");
  }

  static Stream<String> files() {
    return Portal.FILES.stream();
  }

  private String read(String name) {
    return send(api, "GET", "/api/portal/" + (name.equals(Portal.PAGE) ? "" : name))
        .text();
  }

  private static ApiResponse send(ManagementApi api, String method, String path, String... header) {
    Map<String, List<String>> headers =
        header.length == 0 ? Map.of() : Map.of(header[0], List.of(header[1]));
    return api.handle(ApiFixture.request(method, path, headers, new byte[0]));
  }
}
