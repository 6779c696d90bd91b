package dev.webhooks.examples.springboot.security;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties {@code shop.*}. A real shop has its people in a table or in an identity provider.
 *
 * @param logins who may log in, by name
 */
@ConfigurationProperties("shop")
record ShopProperties(@DefaultValue Map<String, Login> logins) {
  /**
   * A person.
   *
   * @param password as Spring Security writes it: {@code {bcrypt}$2a$…}
   * @param account the customer's account, or null for those who run the shop
   */
  record Login(String password, @Nullable String account) {
    /** Returns a text without the password. */
    @Override
    public String toString() {
      return "Login[account=" + account + "]";
    }
  }
}
