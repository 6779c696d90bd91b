/** Webhooks for Java applications: registry, validation, signing, delivery and management. */
module dev.webhooks.core {
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires org.slf4j;

  exports dev.webhooks.model;
}
