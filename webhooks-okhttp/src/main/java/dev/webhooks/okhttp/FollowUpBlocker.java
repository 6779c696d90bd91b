package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import java.util.Set;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Keeps answers from OkHttp. It sees every one as 200, so that it acts on none: no redirect, no
 * log-in, no second request after 408, 421 or 503, no refusal of 407. And where its parser trips
 * over one, the answer is to blame. {@link CallTrace} has the real status.
 *
 * <p>An answer that says two things about its length is refused (RFC 9112, section 6.3): what comes
 * after it could be taken for the answer to the next request.
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
