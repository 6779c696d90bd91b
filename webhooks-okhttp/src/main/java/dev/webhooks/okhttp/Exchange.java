package dev.webhooks.okhttp;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.spi.transport.TransportResult;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

final class Exchange {
  private final CallTrace trace = new CallTrace();
  private final Deadline deadline;
  private final ResponseExcerpt body;
  private boolean worthResending;

  Exchange(Deadline deadline, int maxResponseBytes) {
    this.deadline = deadline;
    this.body = new ResponseExcerpt(maxResponseBytes);
  }

  TransportResult run(OkHttpClient client, Request request) {
    boolean failed = true;
    Call call = client.newCall(request.newBuilder().tag(CallTrace.class, trace).build());
    call.timeout().timeout(Math.max(1, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
    try (Response response = call.execute()) {
      body.readFrom(response.body().byteStream());
      if (!body.ended()) {
        call.cancel();
      }
      failed = false;
      return answered();
    } catch (IOException e) {
      return failed(e);
    } finally {
      trace.over(failed);
    }
  }

  /** Returns whether the request may not have arrived, for no fault of the endpoint. */
  boolean worthResending() {
    return worthResending;
  }

  private TransportResult answered() {
    Integer status = trace.status();
    if (status == null || status < 100 || status > 999) {
      return TransportResult.failed(DeliveryError.PROTOCOL);
    }
    return TransportResult.answered(status, body.excerpt(), trace.retryAfter());
  }

  private TransportResult failed(IOException failure) {
    if (isBodylessStatus(failure)) {
      return answered();
    }
    DeliveryError error = classify(failure);
    Integer status = trace.status();
    return status == null
        ? TransportResult.failed(error)
        : TransportResult.failed(error, status, body.excerpt());
  }

  /** OkHttp refuses a 204 or 205 that announces a body; its status counts all the same. */
  private boolean isBodylessStatus(IOException failure) {
    Integer status = trace.status();
    return failure instanceof ProtocolException
        && status != null
        && (status == 204 || status == 205);
  }

  private DeliveryError classify(IOException failure) {
    if (Thread.currentThread().isInterrupted()) {
      return DeliveryError.INTERNAL;
    }
    if (deadline.passed()) {
      return DeliveryError.TIMEOUT;
    }
    if (trace.flooded()) {
      return DeliveryError.PROTOCOL;
    }
    DeliveryError error = trace.overran()
        ? DeliveryError.PROTOCOL
        : FailureClassifier.of(failure, trace.phase(), trace.connectionBroke());
    worthResending = error != DeliveryError.BLOCKED_ADDRESS && trace.diedSilentlyOnReuse();
    return error;
  }
}
