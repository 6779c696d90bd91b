package dev.webhooks.examples.springboot.security;

import dev.webhooks.examples.springboot.security.ShopProperties.Login;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.core.userdetails.UsernameNotFoundException;
import org.springframework.stereotype.Service;

/** Knows who may log in, and for which account. */
@Service
class Logins implements UserDetailsService {
  static final String OPERATOR = "OPERATOR";

  private final ShopProperties shop;

  Logins(ShopProperties shop) {
    this.shop = shop;
  }

  @Override
  public UserDetails loadUserByUsername(String name) {
    Login login = shop.logins().get(name);
    if (login == null) {
      throw new UsernameNotFoundException("no such user");
    }
    String account = login.account();
    return account == null
        ? User.withUsername(name).password(login.password()).roles(OPERATOR).build()
        : new Customer(name, login.password(), account, Customer.CUSTOMER);
  }
}
