/** Webhooks for Java applications: registry, validation, signing, delivery and management. */
@SuppressWarnings("module") // The JDBC store, for which one package is opened, is built later.
module dev.webhooks.core {
  requires static transitive org.jspecify;
  requires static micrometer.core;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;

  exports dev.webhooks;
  exports dev.webhooks.idempotency;
  exports dev.webhooks.internal.time to
      dev.webhooks.store.jdbc;
  exports dev.webhooks.management;
  exports dev.webhooks.micrometer;
  exports dev.webhooks.model;
  exports dev.webhooks.registry;
  exports dev.webhooks.signing;
  exports dev.webhooks.spi;
  exports dev.webhooks.spi.store;
  exports dev.webhooks.spi.transport;
  exports dev.webhooks.validation;
}
