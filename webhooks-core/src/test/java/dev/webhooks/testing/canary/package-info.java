/**
 * Finds secrets where they must not be: unmistakable texts in the place of every secret, a round
 * through everything the library can do, and a look at all that it said.
 */
package dev.webhooks.testing.canary;
