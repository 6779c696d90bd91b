package dev.webhooks.examples.springboot.security;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets in who shows a token of the portal; others remain strangers. */
final class PortalTokenFilter extends OncePerRequestFilter {
  private static final String SCHEME = "Bearer ";

  private final PortalTokens tokens;

  PortalTokenFilter(PortalTokens tokens) {
    this.tokens = tokens;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    String given = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (given != null && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      tokens.account(given.substring(SCHEME.length()).strip()).ifPresent(PortalTokenFilter::letIn);
    }
    chain.doFilter(request, response);
  }

  private static void letIn(String account) {
    Customer portal = new Customer("portal", "", account, Customer.PORTAL);
    SecurityContext context = SecurityContextHolder.createEmptyContext();
    context.setAuthentication(
        UsernamePasswordAuthenticationToken.authenticated(portal, null, portal.getAuthorities()));
    SecurityContextHolder.setContext(context);
  }
}
