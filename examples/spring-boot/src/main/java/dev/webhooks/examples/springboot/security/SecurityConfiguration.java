package dev.webhooks.examples.springboot.security;

import dev.webhooks.management.ApiResponse;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

/** The rights of callers: programs under {@code /api}, operators, and people with a browser. */
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  private static final String MANAGEMENT = "/api/v1/";

  /**
   * For programs and for the portal's scripts. Neither a cookie nor, as nothing here asks a browser
   * for a password, anything else that browsers send by themselves lets anybody in, so there is
   * nothing that a foreign page could make use of and no need for CSRF tokens.
   */
  @Bean
  @Order(1)
  SecurityFilterChain programs(HttpSecurity http, PortalTokens tokens) {
    return http.securityMatcher("/api/**")
        .authorizeHttpRequests(requests -> requests
            .requestMatchers(HttpMethod.GET, MANAGEMENT + "openapi.json", MANAGEMENT + "portal/**")
            .permitAll()
            .requestMatchers(MANAGEMENT + "**")
            .hasAnyRole(Customer.CUSTOMER, Customer.PORTAL)
            .anyRequest()
            .hasRole(Customer.CUSTOMER))
        .httpBasic(basic -> basic.authenticationEntryPoint(SecurityConfiguration::refuse))
        .exceptionHandling(faults -> faults.authenticationEntryPoint(SecurityConfiguration::refuse))
        .addFilterBefore(new PortalTokenFilter(tokens), BasicAuthenticationFilter.class)
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .csrf(AbstractHttpConfigurer::disable)
        .build();
  }

  @Bean
  @Order(2)
  SecurityFilterChain operators(HttpSecurity http) {
    return http.securityMatcher("/actuator/**")
        .authorizeHttpRequests(requests -> requests
            .requestMatchers(HttpMethod.GET, "/actuator/health")
            .permitAll()
            .anyRequest()
            .hasRole(Logins.OPERATOR))
        .httpBasic(Customizer.withDefaults())
        .sessionManagement(
            sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .build();
  }

  /** With a form, a session and CSRF tokens. */
  @Bean
  @Order(3)
  SecurityFilterChain people(HttpSecurity http) {
    return http.authorizeHttpRequests(requests -> requests
            .dispatcherTypeMatchers(DispatcherType.ERROR)
            .permitAll()
            .anyRequest()
            .hasRole(Customer.CUSTOMER))
        .formLogin(form -> form.defaultSuccessUrl("/portal"))
        .build();
  }

  /** Answers in the form of the management API. */
  private static void refuse(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException reason)
      throws IOException {
    Map<String, String> error = Map.of("code", "UNAUTHORIZED", "message", "log in first");
    ApiResponse refusal =
        ApiResponse.json(HttpServletResponse.SC_UNAUTHORIZED, Map.of("error", error));
    response.setStatus(refusal.status());
    refusal.headers().forEach(response::setHeader);
    response.getOutputStream().write(refusal.body());
  }
}
