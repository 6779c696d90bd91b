package dev.webhooks.examples.benchmark.chaos;

/**
 * A request that reached the receiver. Times are readings of the machine's monotonic clock, which
 * all processes share.
 *
 * @param endpoint the number of the endpoint
 * @param order the order that the event tells of
 * @param event a hash of the {@code webhook-id}
 * @param delivery a hash of the delivery's id
 * @param attempt the number of the attempt as the sender counts, from 1
 * @param sender which process sent it: an index of {@link Arrivals#senders()}
 * @param publishedAt when the publishing process began to publish
 * @param at when the whole request had arrived
 * @param status what was answered, or 0 if no answer could be written
 * @param skew how many seconds the signed time is ahead of the receiver's clock; bounded to 30,000
 */
record Arrival(
    int endpoint,
    long order,
    long event,
    long delivery,
    int attempt,
    int sender,
    long publishedAt,
    long at,
    int status,
    int skew) {

  boolean succeeded() {
    return status >= 200 && status < 300;
  }
}
