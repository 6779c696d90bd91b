/** The store on JDBC: H2 and PostgreSQL behind one small dialect. */
@NullMarked
package dev.webhooks.store.jdbc;

import org.jspecify.annotations.NullMarked;
