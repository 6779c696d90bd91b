package dev.webhooks.examples.restserver;

import dev.webhooks.Webhooks;
import dev.webhooks.delivery.EngineHealth;
import dev.webhooks.delivery.EngineTrouble;
import dev.webhooks.management.ApiResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tells a load balancer, without a token, whether this process is of use. */
final class HealthRoute {
  private static final String PATH = "/health";
  private static final int OK = 200;
  private static final int UNAVAILABLE = 503;

  private final Webhooks webhooks;

  HealthRoute(Webhooks webhooks) {
    this.webhooks = webhooks;
  }

  OwnRoute route() {
    return new OwnRoute(PATH, List.of("GET", "HEAD"), request -> answer());
  }

  private ApiResponse answer() {
    EngineHealth health = webhooks.health();
    return ApiResponse.json(health.databaseReachable() ? OK : UNAVAILABLE, view(health));
  }

  private static Map<String, Object> view(EngineHealth health) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("status", health.databaseReachable() ? "up" : "down");
    view.put("databaseReachable", health.databaseReachable());
    view.put("pending", health.pending());
    view.put(
        "oldestPending",
        health.oldestPending() == null ? null : health.oldestPending().toString());
    view.put("inFlight", health.inFlight());
    view.put("owned", health.owned());
    view.put("unwritten", health.unwritten());
    view.put(
        "lastHeartbeatMs",
        health.lastHeartbeat() == null ? null : health.lastHeartbeat().toMillis());
    view.put("troubles", health.troubles().stream().map(HealthRoute::view).toList());
    return view;
  }

  /** Without the message, since anyone may ask. */
  private static Map<String, Object> view(EngineTrouble trouble) {
    return Map.of("duty", trouble.duty(), "lastingMs", trouble.lasting().toMillis());
  }
}
