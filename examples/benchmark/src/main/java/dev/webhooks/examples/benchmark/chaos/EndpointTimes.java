package dev.webhooks.examples.benchmark.chaos;

import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * The course of the requests to one endpoint.
 *
 * @param endpoint the endpoint
 * @param requests how many came, repeats included
 * @param mostOpen how many were open at once at most
 * @param first from the begin of publishing to the first arrival of each delivery
 */
record EndpointTimes(Endpoint endpoint, long requests, int mostOpen, Latencies first) {
  static EndpointTimes of(
      Endpoint endpoint, Collection<List<Arrival>> deliveries, Receiver receiver) {
    List<List<Arrival>> own = deliveries.stream()
        .filter(arrivals -> arrivals.get(0).endpoint() == endpoint.number())
        .toList();
    long[] times = own.stream()
        .map(arrivals -> arrivals.get(0))
        .mapToLong(first -> first.at() - first.publishedAt())
        .toArray();
    return new EndpointTimes(
        endpoint,
        own.stream().mapToLong(List::size).sum(),
        receiver.mostOpen(endpoint.number()),
        Latencies.ofNanos(times));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "endpoint %d (%s, %s): %,d deliveries, %,d requests, at most %d open,"
            + " first arrival after %.1f ms (median), %.1f ms (p99), %.1f ms (longest)",
        endpoint.number(),
        endpoint.behaviour().path(),
        endpoint.pattern(),
        first.count(),
        requests,
        mostOpen,
        first.median(),
        first.p99(),
        first.max());
  }
}
