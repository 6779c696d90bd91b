package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Set;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * An interceptor that shows every response as 200, so that OkHttp does nothing of its own. There is
 * no redirect, no login and no second request after 408, 421 or 503. {@link CallTrace} has the real
 * status. Errors of OkHttp's parser become protocol errors.
 *
 * <p>A response with two lengths is refused (RFC 9112, section 6.3), since its rest could pass for
 * the next response.
 */
final class FollowUpBlocker implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    Response answer = proceed(chain);
    if (lengthIsAmbiguous(answer)) {
      CallTrace trace = chain.request().tag(CallTrace.class);
      if (trace != null) {
        trace.abandonConnection();
      }
      answer.close();
      throw new ProtocolException("an answer with two lengths");
    }
    return answer.newBuilder().code(200).build();
  }

  private static boolean lengthIsAmbiguous(Response answer) {
    Set<String> lengths = Set.copyOf(answer.headers("Content-Length"));
    return lengths.size() > 1 || (!lengths.isEmpty() && answer.header("Transfer-Encoding") != null);
  }

  private static Response proceed(Chain chain) throws IOException {
    try {
      return chain.proceed(chain.request());
    } catch (IllegalStateException | IllegalArgumentException e) {
      ProtocolException unparsable = new ProtocolException("an answer OkHttp cannot take");
      unparsable.initCause(e);
      throw unparsable;
    }
  }
}
