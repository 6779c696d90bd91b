package dev.webhooks.examples.benchmark.peers;

import java.sql.Connection;
import java.util.List;
import java.util.UUID;

/** The upper bound: each publisher signs and sends by itself, and nothing is written down. */
final class BareOkHttp implements Sender {
  private final SignedPost post;
  private volatile List<String> urls = List.of();

  BareOkHttp(SenderOptions options) throws Exception {
    post = new SignedPost(options.certificate());
  }

  @Override
  public String settings() {
    return "each publisher sends by itself, on a blocking call";
  }

  @Override
  public void subscribe(List<String> newUrls) {
    urls = List.copyOf(newUrls);
  }

  @Override
  public void publish(int topic, byte[] payload) throws Exception {
    String id = UUID.randomUUID().toString();
    for (String url : topic == EVERY_ENDPOINT ? urls : List.of(urls.get(topic))) {
      int status = post.send(url, id, payload);
      if (status != 200) {
        throw new IllegalStateException("the receiver answered " + status);
      }
    }
  }

  @Override
  public Runnable publish(Connection transaction, int topic, byte[] payload) {
    throw new UnsupportedOperationException("there is no transaction to join");
  }

  @Override
  public boolean isIdle() {
    return true;
  }

  @Override
  public void close() {
    post.close();
  }
}
