package dev.webhooks.testing;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.Secret;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that a test scripts and questions. Without a script it answers 200 to everything. Not
 * thread-safe, like the {@link TestWebhooks} it belongs to.
 */
public final class TestReceiver {
  private static final TransportResult OK = answer(200);

  private final String url;
  private final Deque<TransportResult> script = new ArrayDeque<>();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private final List<Secret> secrets = new ArrayList<>();
  private TransportResult last = OK;
  private boolean broken;
  private @Nullable Runnable action;

  TestReceiver(String url) {
    this.url = url;
  }

  /**
   * Answers the next requests with these statuses, one each, and all later ones with the last of
   * them.
   *
   * @param statuses HTTP statuses
   */
  public TestReceiver answers(int... statuses) {
    for (int status : statuses) {
      script.add(answer(status));
    }
    return this;
  }

  /**
   * Lets the next request fail without an answer.
   *
   * @param error how it fails
   */
  public TestReceiver fails(DeliveryError error) {
    script.add(TransportResult.failed(error));
    return this;
  }

  /**
   * Answers the next request with 503 and a {@code Retry-After} header.
   *
   * @param wait what the header asks for, in whole seconds
   */
  public TestReceiver asksToWait(Duration wait) {
    script.addFirst(TransportResult.answered(503, new byte[0], Long.toString(wait.toSeconds())));
    return this;
  }

  /** Lets the transport throw at the next request, as a faulty transport might. */
  public TestReceiver breaks() {
    broken = true;
    return this;
  }

  /**
   * Does something when the next request has come and is not answered yet: what another caller, or
   * the receiver itself, might do at that moment.
   *
   * @param action what it throws goes through to whoever sends
   */
  public TestReceiver whileAnswering(Runnable action) {
    this.action = action;
    return this;
  }

  /**
   * Verifies with this secret instead of the one that the library signs with.
   *
   * @param secret the secret, as the webhook's owner knows it
   */
  public TestReceiver knows(String secret) {
    secrets.add(Secret.of(secret));
    return this;
  }

  /** Returns the requests received so far, the first one first. */
  public List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  /** Forgets the requests received so far. */
  public void forget() {
    requests.clear();
  }

  String url() {
    return url;
  }

  TransportResult receive(TransportRequest request, TestSignatures signatures, TestClock clock) {
    boolean valid = signatures.accept(request.headers(), request.body(), secrets, clock);
    requests.add(new ReceivedRequest(
        request.url(), request.headers(), request.body(), clock.instant(), valid));
    Runnable present = action;
    action = null;
    if (present != null) {
      present.run();
    }
    if (broken) {
      broken = false;
      throw new IllegalStateException("a transport with a bug");
    }
    if (!script.isEmpty()) {
      last = script.remove();
    }
    return last;
  }

  private static TransportResult answer(int status) {
    byte[] body = ("scripted " + status).getBytes(StandardCharsets.UTF_8);
    return TransportResult.answered(status, body, null);
  }
}
