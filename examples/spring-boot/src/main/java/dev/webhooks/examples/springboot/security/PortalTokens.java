package dev.webhooks.examples.springboot.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Gives the portal tokens that are good for one account and a quarter of an hour, on every instance
 * of the shop. Only their hashes are stored.
 */
@Component
public class PortalTokens {
  private static final Duration LIFE = Duration.ofMinutes(15);
  private static final int BYTES = 32;

  private final SecureRandom random = new SecureRandom();
  private final JdbcClient database;
  private final Clock clock;

  @Autowired
  PortalTokens(JdbcClient database) {
    this(database, Clock.systemUTC());
  }

  PortalTokens(JdbcClient database, Clock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** Returns a new token of an account, and forgets those that are too old. */
  public String issue(String account) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    OffsetDateTime now = OffsetDateTime.now(clock);
    database.sql("delete from portal_token where expires_at <= ?").param(now).update();
    database
        .sql("insert into portal_token (hash, account, expires_at) values (?, ?, ?)")
        .params(hash(token), account, now.plus(LIFE))
        .update();
    return token;
  }

  /** Returns the account that a token stands for, or empty if it is unknown or too old. */
  Optional<String> account(String token) {
    return database
        .sql("select account from portal_token where hash = ? and expires_at > ?")
        .params(hash(token), OffsetDateTime.now(clock))
        .query(String.class)
        .optional();
  }

  private static String hash(String token) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
