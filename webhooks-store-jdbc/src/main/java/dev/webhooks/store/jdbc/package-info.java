/** The store on JDBC. */
@NullMarked
package dev.webhooks.store.jdbc;

import org.jspecify.annotations.NullMarked;
