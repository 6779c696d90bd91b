package dev.webhooks.okhttp;

import dev.webhooks.validation.TargetGuard;
import java.io.IOException;
import java.net.InetSocketAddress;
import okhttp3.Connection;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Notes which connection carries a request, and asks the guard again about one that was made for an
 * earlier request: what may be dialled can have changed since.
 */
final class CarrierCheck implements Interceptor {
  private final TargetGuard guard;

  CarrierCheck(TargetGuard guard) {
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
