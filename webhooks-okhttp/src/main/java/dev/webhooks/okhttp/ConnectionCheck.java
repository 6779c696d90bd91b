package dev.webhooks.okhttp;

import dev.webhooks.validation.TargetGuard;
import java.io.IOException;
import java.net.InetSocketAddress;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * An interceptor that records the connection of a request and checks a reused one with the guard
 * again. The rules on targets may have changed since it was opened.
 */
final class ConnectionCheck implements Interceptor {
  private final TargetGuard guard;

  ConnectionCheck(TargetGuard guard) {
    this.guard = guard;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Connection connection = chain.connection();
    CallTrace trace = chain.request().tag(CallTrace.class);
    if (connection == null || trace == null) {
      throw new IllegalStateException("not a call of this transport");
    }
    trace.carriedBy(connection);
    if (trace.reused()) {
      InetSocketAddress peer = connection.route().socketAddress();
      guard.check(chain.request().url().host(), peer.getAddress(), peer.getPort());
    }
    return chain.proceed(chain.request());
  }
}
