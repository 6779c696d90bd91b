package dev.webhooks.examples.restserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of the portal: whose they are, and until when. */
class PortalTokensTest {
  private Instant now = Instant.parse("2026-01-31T09:00:00Z");
  private final InstantSource clock = () -> now;
  private final PortalTokens tokens = new PortalTokens(clock);

  @Test
  void a_token_stands_for_its_account_until_it_ends() {
    String token = tokens.issue("acct.a/1");

    assertThat(token).matches("[A-Za-z0-9._-]+");
    assertThat(tokens.account(token)).contains("acct.a/1");
    now = now.plus(PortalTokens.LIFETIME).minusSeconds(1);
    assertThat(tokens.account(token)).contains("acct.a/1");
    now = now.plusSeconds(1);
    assertThat(tokens.account(token)).isEmpty();
  }

  @Test
  void a_token_that_was_changed_or_issued_elsewhere_is_nobodys() {
    String token = tokens.issue("acct_a");

    assertThat(tokens.account(token.replaceFirst("\\.1", ".2"))).isEmpty();
    assertThat(tokens.account(token + "x")).isEmpty();
    assertThat(tokens.account(token.substring(0, token.length() - 1))).isEmpty();
    assertThat(new PortalTokens(clock).account(token)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "portal", "portal.", "portal..", "portal...", "x.y.1.z", "."})
  void anything_else_is_nobodys(String text) {
    assertThat(tokens.account(text)).isEmpty();
  }
}
