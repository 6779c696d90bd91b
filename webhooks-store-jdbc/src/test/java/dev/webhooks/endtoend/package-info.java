/**
 * The library with its real parts: databases over JDBC, HTTPS sockets, processes that are killed.
 */
package dev.webhooks.endtoend;
