/** Keeps webhooks, events and deliveries in a JDBC database. */
module dev.webhooks.store.jdbc {
  requires static transitive org.jspecify;
  requires static com.h2database;
  requires transitive dev.webhooks.core;
  requires transitive java.sql;
  requires org.slf4j;

  exports dev.webhooks.store.jdbc;
}
