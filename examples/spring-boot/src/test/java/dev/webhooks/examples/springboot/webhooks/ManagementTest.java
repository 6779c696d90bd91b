package dev.webhooks.examples.springboot.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.httpBasic;
import static org.springframework.security.test.web.servlet.request.SecurityMockMvcRequestPostProcessors.user;

import com.jayway.jsonpath.JsonPath;
import dev.webhooks.examples.springboot.ShopTest;
import dev.webhooks.examples.springboot.security.PortalTokens;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.testing.TestWebhooks;
import java.net.URI;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@ShopTest
class ManagementTest {
  private static final String URL = "https://hooks.acme.example/in";

  @Autowired
  private MockMvcTester http;

  @Autowired
  private TestWebhooks kit;

  @Autowired
  private PortalTokens tokens;

  @Autowired
  private UserDetailsService logins;

  /** Without a context there is no kit, and the context says why. */
  @AfterEach
  void erase() {
    if (kit != null) {
      kit.account("acme").erase();
      kit.account("globex").erase();
    }
  }

  @Test
  void a_customer_manages_the_webhooks_of_the_account() throws Exception {
    MvcTestResult created = http.post()
        .uri("/api/v1/webhooks")
        .with(httpBasic("alice", "alice"))
        .contentType(MediaType.APPLICATION_JSON)
        .content("{\"url\":\"" + URL + "\",\"events\":[\"order.*\"]}")
        .exchange();

    assertThat(created).hasStatus(HttpStatus.CREATED);
    String id = JsonPath.read(created.getResponse().getContentAsString(), "$.id");
    assertThat(http.get().uri("/api/v1/webhooks/" + id).with(httpBasic("alice", "alice")))
        .hasStatusOk()
        .hasHeader("Cache-Control", "no-store")
        .bodyJson()
        .extractingPath("$.url")
        .isEqualTo(URL);
  }

  @Test
  void the_webhook_of_another_account_is_not_found() {
    String id = kit.account("acme")
        .create(WebhookDraft.to(URL).events("order.*"))
        .webhook()
        .id();

    assertThat(http.get().uri("/api/v1/webhooks/" + id).with(httpBasic("bob", "bob")))
        .hasStatus(HttpStatus.NOT_FOUND)
        .bodyJson()
        .extractingPath("$.error.code")
        .isEqualTo("WEBHOOK_NOT_FOUND");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/api/v1/webhooks", "/api/orders"})
  void strangers_are_refused_and_their_browser_is_not_asked_for_a_password(String path) {
    assertThat(http.get().uri(path))
        .hasStatus(HttpStatus.UNAUTHORIZED)
        .doesNotContainHeader(HttpHeaders.WWW_AUTHENTICATE)
        .bodyJson()
        .extractingPath("$.error.code")
        .isEqualTo("UNAUTHORIZED");
    assertThat(http.get().uri(path).with(httpBasic("alice", "wrong")))
        .hasStatus(HttpStatus.UNAUTHORIZED);
    assertThat(http.get().uri(path).header(HttpHeaders.AUTHORIZATION, "Bearer known-to-spring"))
        .hasStatus(HttpStatus.UNAUTHORIZED);
  }

  @Test
  void those_who_run_the_shop_are_nobodys_customers() {
    assertThat(http.get().uri("/api/v1/webhooks").with(httpBasic("ops", "ops")))
        .hasStatus(HttpStatus.FORBIDDEN);
  }

  @Test
  void pages_ask_strangers_to_log_in_and_forms_for_a_csrf_token() {
    assertThat(http.get().uri("/portal")).hasStatus(HttpStatus.FOUND).hasRedirectedUrl("/login");
    assertThat(http.post().uri("/logout").with(user(logins.loadUserByUsername("alice"))))
        .as("without a CSRF token")
        .hasStatus(HttpStatus.FORBIDDEN);
  }

  @Test
  void the_portal_gets_a_token_that_manages_webhooks_and_places_no_orders() {
    kit.account("acme").create(WebhookDraft.to(URL).events("order.*"));
    MvcTestResult portal =
        http.get().uri("/portal").with(user(logins.loadUserByUsername("alice"))).exchange();
    URI target =
        URI.create(Objects.requireNonNull(portal.getResponse().getHeader(HttpHeaders.LOCATION)));
    String bearer = "Bearer " + target.getFragment().substring("token=".length());

    assertThat(http.get().uri(target.getPath()))
        .hasStatusOk()
        .hasContentTypeCompatibleWith(MediaType.TEXT_HTML);
    assertThat(http.get().uri("/api/v1/webhooks").header(HttpHeaders.AUTHORIZATION, bearer))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$.data[*].url")
        .asArray()
        .containsExactly(URL);
    assertThat(http.get().uri("/api/orders").header(HttpHeaders.AUTHORIZATION, bearer))
        .hasStatus(HttpStatus.FORBIDDEN);
  }

  @Test
  void a_changed_token_opens_nothing() {
    String token = tokens.issue("acme");

    assertThat(http.get()
            .uri("/api/v1/webhooks")
            .header(HttpHeaders.AUTHORIZATION, "Bearer " + token + "x"))
        .hasStatus(HttpStatus.UNAUTHORIZED);
  }

  @Test
  void the_description_needs_no_login() {
    assertThat(http.get().uri("/api/v1/openapi.json"))
        .hasStatusOk()
        .bodyJson()
        .extractingPath("$.openapi")
        .asString()
        .startsWith("3.1");
  }
}
