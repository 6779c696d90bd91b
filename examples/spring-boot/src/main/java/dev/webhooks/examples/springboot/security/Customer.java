package dev.webhooks.examples.springboot.security;

import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.userdetails.User;

/** Somebody who has logged in for one of the shop's customers. */
public final class Customer extends User {
  /** May do everything for the account. */
  static final String CUSTOMER = "CUSTOMER";
  /** May manage the account's webhooks and nothing else. */
  static final String PORTAL = "PORTAL";

  private static final long serialVersionUID = 1L;

  private final String account;

  Customer(String name, String password, String account, String role) {
    super(name, password, AuthorityUtils.createAuthorityList("ROLE_" + role));
    this.account = account;
  }

  /** Returns the account that this person acts for. */
  public String account() {
    return account;
  }

  /** Returns who makes the request that this thread handles, or empty if no customer does. */
  public static Optional<Customer> present() {
    return Optional.ofNullable(SecurityContextHolder.getContext().getAuthentication())
        .map(Authentication::getPrincipal)
        .filter(Customer.class::isInstance)
        .map(Customer.class::cast);
  }
}
