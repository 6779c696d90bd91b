package dev.webhooks.okhttp;

import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.Response;

/**
 * Keeps answers from OkHttp. It sees every one as 200, so that it acts on none: no redirect, no
 * log-in, no second request after 408, 421 or 503, no refusal of 407. And where its parser trips
 * over one, the answer is to blame. {@link CallTrace} has the real status.
 */
final class AnswerShield implements Interceptor {
  @Override
  public Response intercept(Chain chain) throws IOException {
    return proceed(chain).newBuilder().code(200).build();
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
