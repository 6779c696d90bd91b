package dev.webhooks.examples.springboot.webhooks;

import dev.webhooks.examples.springboot.security.Customer;
import dev.webhooks.examples.springboot.security.PortalTokens;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Sends whoever has logged in to the portal, with a token behind the {@code #}, which browsers keep
 * to themselves: it is in no log and in no {@code Referer}.
 */
@RestController
class PortalController {
  private final PortalTokens tokens;

  PortalController(PortalTokens tokens) {
    this.tokens = tokens;
  }

  @GetMapping({"/", "/portal"})
  ResponseEntity<Void> open(@AuthenticationPrincipal Customer customer) {
    return ResponseEntity.status(HttpStatus.FOUND)
        .location(URI.create("/api/v1/portal/#token=" + tokens.issue(customer.account())))
        .build();
  }
}
