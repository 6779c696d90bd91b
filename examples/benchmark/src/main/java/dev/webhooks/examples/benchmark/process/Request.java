package dev.webhooks.examples.benchmark.process;

/**
 * The parts of a request that the receiver reads.
 *
 * @param behaviour what to do with it: the first part of its path
 * @param run which run it belongs to
 * @param endpoint which webhook it went to
 * @param signed whether it carries both signatures
 * @param number the event's, from its body
 * @param published when publishing it began, from its body
 */
record Request(
    String behaviour, int run, int endpoint, boolean signed, long number, long published) {}
