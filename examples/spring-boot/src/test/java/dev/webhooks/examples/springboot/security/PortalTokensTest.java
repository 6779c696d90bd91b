package dev.webhooks.examples.springboot.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.webhooks.examples.springboot.ShopTest;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ShopTest
class PortalTokensTest {
  @Autowired
  private JdbcClient database;

  @Test
  void a_token_is_good_for_a_quarter_of_an_hour() {
    String token = tokens(Duration.ZERO).issue("acme");

    assertThat(tokens(Duration.ofMinutes(14)).account(token)).contains("acme");
    assertThat(tokens(Duration.ofMinutes(16)).account(token)).isEmpty();
  }

  @Test
  void the_database_does_not_hold_the_token() {
    String token = tokens(Duration.ZERO).issue("acme");

    assertThat(database.sql("select hash from portal_token").query(String.class).list())
        .isNotEmpty()
        .noneMatch(token::equals);
  }

  private PortalTokens tokens(Duration later) {
    return new PortalTokens(database, Clock.offset(Clock.systemUTC(), later));
  }
}
