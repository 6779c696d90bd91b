/** Sends webhooks with OkHttp. */
module dev.webhooks.okhttp {
  requires static transitive org.jspecify;
  requires transitive dev.webhooks.core;
  requires okhttp3;
  requires org.slf4j;

  exports dev.webhooks.okhttp;
}
