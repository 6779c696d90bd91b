package dev.webhooks.examples.springboot.webhooks;

import dev.webhooks.Webhooks;
import dev.webhooks.examples.springboot.security.Customer;
import dev.webhooks.management.ApiRequest;
import dev.webhooks.management.ApiResponse;
import dev.webhooks.management.ManagementApi;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Mounts the management API and its portal. Who calls, and for which account, Spring Security has
 * decided before a request comes here.
 */
@RestController
class ManagementController {
  /** The API asks for a bearer token; this one stands for what Spring knows and opens nothing. */
  private static final List<String> KNOWN_TO_SPRING = List.of("Bearer known-to-spring");

  private final ManagementApi api;

  ManagementController(Webhooks webhooks) {
    api = ManagementApi.on(webhooks, token -> Customer.present().map(Customer::account))
        .basePath("/api/v1")
        .withPortal();
  }

  @RequestMapping("/api/v1/**")
  ResponseEntity<byte[]> handle(HttpServletRequest request) throws IOException {
    ApiResponse response = api.handle(new ApiRequest(
        request.getMethod(),
        request.getRequestURI(),
        request.getQueryString(),
        headers(request),
        request.getInputStream().readNBytes(ManagementApi.MAX_BODY_BYTES + 1)));
    HttpHeaders headers = new HttpHeaders();
    response.headers().forEach(headers::set);
    return ResponseEntity.status(response.status()).headers(headers).body(response.body());
  }

  private static Map<String, List<String>> headers(HttpServletRequest request) {
    Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    Collections.list(request.getHeaderNames())
        .forEach(name -> headers.put(name, Collections.list(request.getHeaders(name))));
    headers.put(HttpHeaders.AUTHORIZATION, KNOWN_TO_SPRING);
    return headers;
  }
}
