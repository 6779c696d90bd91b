/** Inputs that no friend would send, made by chance from some that one might. */
package dev.webhooks.fuzz;
