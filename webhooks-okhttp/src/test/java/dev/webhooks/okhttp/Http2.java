package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** Servers that speak HTTP/2. */
final class Http2 {
  private Http2() {}

  static MockWebServer server() throws IOException {
    MockWebServer server = new MockWebServer();
    server.useHttps(Certificates.SERVER.sslSocketFactory());
    server.start(InetAddress.getLoopbackAddress(), 0);
    return server;
  }

  /**
   * Answers by the number of the request, from 0: nothing is lost with a request that is repeated.
   */
  static Dispatcher answering(IntFunction<MockResponse> answers) {
    AtomicInteger requests = new AtomicInteger();
    return new Dispatcher() {
      // Where MockWebServer takes the effects on the socket from.
      @Override
      public MockResponse peek() {
        return answers.apply(requests.get());
      }

      @Override
      public MockResponse dispatch(RecordedRequest request) {
        return answers.apply(requests.getAndIncrement());
      }
    };
  }

  static String url(MockWebServer server) {
    return "https://" + Certificates.NAME + ":" + server.getPort() + "/in";
  }
}
