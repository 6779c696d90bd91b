package dev.webhooks.examples.benchmark.chaos;

import java.util.List;

/**
 * The fate of the orders of a scenario.
 *
 * @param orders committed orders
 * @param expected committed orders times the webhooks that hear of them
 * @param requests requests that arrived, repeats and failed attempts included
 * @param lost expected deliveries that never arrived
 * @param unexpected deliveries that arrived and should not exist
 * @param duplicates requests that came after an earlier one for the same delivery had been answered
 *     with success
 * @param doubled deliveries that exist under two ids
 * @param falseSuccesses acknowledged orders that are not in the database
 * @param refused orders whose transaction failed
 * @param unknown orders whose commit had no answer
 * @param finishedOff how many rows of succeeded deliveries are too many or (negative) too few
 * @param finishedTwice events with more than one finished row for a webhook
 * @param statisticsOff by how many the counters differ from the rows
 * @param orphans how long deliveries of killed instances took
 * @param log what the instances wrote
 * @param endpoints how the requests to each endpoint went
 */
record Findings(
    long orders,
    long expected,
    long requests,
    long lost,
    long unexpected,
    long duplicates,
    long doubled,
    long falseSuccesses,
    long refused,
    long unknown,
    long finishedOff,
    long finishedTwice,
    long statisticsOff,
    OrphanDelays orphans,
    LogBook log,
    List<EndpointTimes> endpoints) {

  private static final int SHOWN = 20;

  /** Reports what no fault may ever break, and what was logged. */
  void reportPromises(Report report) {
    report.fact("orders", orders);
    report.fact("deliveries", expected);
    report.fact("requests", requests);
    report.fact("refused", refused);
    report.fact("unknown_outcomes", unknown);
    report.exactly("lost", 0, lost);
    report.exactly("unexpected", 0, unexpected);
    report.exactly("false_successes", 0, falseSuccesses);
    report.exactly("deliveries_with_two_ids", 0, doubled);
    report.exactly("finished_rows_off", 0, finishedOff);
    report.exactly("finished_twice", 0, finishedTwice);
    report.exactly("statistics_off", 0, statisticsOff);
    List<LogBook.Entry> troubles = log.troubles();
    report.fact("log_lines", troubles.size());
    report.fact("log_lines_in_the_worst_second", LogBook.worstSecond(troubles));
    endpoints.forEach(times -> report.note(times.toString()));
    troubles.stream().limit(SHOWN).forEach(entry -> report.note("logged: " + entry));
  }
}
