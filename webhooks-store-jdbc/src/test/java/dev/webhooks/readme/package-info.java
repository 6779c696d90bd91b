/**
 * Keeps what the READMEs show and say true: their code is compiled or run, and what they name
 * exists.
 */
package dev.webhooks.readme;
