/** The store on JDBC: PostgreSQL, MariaDB and H2, each behind one small dialect. */
@NullMarked
package dev.webhooks.store.jdbc;

import org.jspecify.annotations.NullMarked;
