/**
 * The delivery engine: publishes events, sends what is due, retries what failed and writes down
 * what came of it.
 *
 * <p>The way of one event: {@code Publisher} stores it, together with others that come at the same
 * time ({@code GroupCommit}), and hands it to the {@code Dispatcher}, which keeps a lane for each
 * webhook and starts an {@code Attempt}; the {@code Completer} writes outcomes in batches. The
 * {@code Poller} brings back what is due later, and the {@code Heartbeat} keeps this instance's
 * claim to what it holds. The {@code Ledger} knows every delivery that is in memory. {@code Slots}
 * and {@code Room} share attempts and memory out, so that one slow endpoint delays no other.
 */
@NullMarked
package dev.webhooks.delivery;

import org.jspecify.annotations.NullMarked;
