package dev.webhooks.testing;

import dev.webhooks.model.DeliveryError;
import dev.webhooks.model.Secret;
import dev.webhooks.spi.transport.TransportRequest;
import dev.webhooks.spi.transport.TransportResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint that a test scripts and questions.
 *
 * <p>Answers are given in the order in which they were scripted, one to each request; when the
 * script is at its end, its last answer is repeated. Without a script the answer is 200. Not
 * thread-safe, like the {@link TestWebhooks} it belongs to.
 */
public final class TestReceiver {
  private final String url;
  private final Deque<TestAnswer> script = new ArrayDeque<>();
  private final List<ReceivedRequest> requests = new ArrayList<>();
  private final List<Secret> secrets = new ArrayList<>();
  private TestAnswer last = TestAnswer.status(200);
  private @Nullable RuntimeException fault;
  private @Nullable Runnable action;

  TestReceiver(String url) {
    this.url = url;
  }

  /**
   * Adds answers to the script that consist of a status.
   *
   * @param statuses HTTP statuses
   */
  public TestReceiver answers(int... statuses) {
    Objects.requireNonNull(statuses, "statuses");
    return answers(Arrays.stream(statuses).mapToObj(TestAnswer::status).toArray(TestAnswer[]::new));
  }

  /**
   * Adds answers to the script.
   *
   * @param answers what to answer, and how slowly
   */
  public TestReceiver answers(TestAnswer... answers) {
    for (TestAnswer answer : Objects.requireNonNull(answers, "answers")) {
      script.add(Objects.requireNonNull(answer, "answers"));
    }
    return this;
  }

  /**
   * Adds a failure without an answer to the script.
   *
   * @param error how it fails
   */
  public TestReceiver fails(DeliveryError error) {
    Objects.requireNonNull(error, "error");
    return answers(TestAnswer.failure(error));
  }

  /**
   * Adds an answer of 503 with a {@code Retry-After} header to the script.
   *
   * @param wait what the header asks for, in whole seconds
   */
  public TestReceiver asksToWait(Duration wait) {
    Objects.requireNonNull(wait, "wait");
    return answers(TestAnswer.status(503).retryAfter(wait));
  }

  /**
   * Lets the transport throw at the next request, ahead of the script, as a faulty transport might.
   */
  public TestReceiver breaks() {
    return breaks(new IllegalStateException("a transport with a bug"));
  }

  /**
   * Lets the transport throw at the next request, ahead of the script.
   *
   * @param fault what it throws
   */
  public TestReceiver breaks(RuntimeException fault) {
    Objects.requireNonNull(fault, "fault");
    this.fault = fault;
    return this;
  }

  /**
   * Does something when the next request has come and is not answered yet: what another caller, or
   * the receiver itself, might do at that moment.
   *
   * @param action what it throws goes through to whoever sends
   */
  public TestReceiver whileAnswering(Runnable action) {
    Objects.requireNonNull(action, "action");
    this.action = action;
    return this;
  }

  /**
   * Verifies with this secret instead of the one that the library signs with; with several calls,
   * with any of them.
   *
   * @param secret the secret, as the webhook's owner knows it
   */
  public TestReceiver knows(String secret) {
    Objects.requireNonNull(secret, "secret");
    secrets.add(Secret.of(secret));
    return this;
  }

  /** Returns the requests received so far, the first one first. */
  public List<ReceivedRequest> requests() {
    return List.copyOf(requests);
  }

  /**
   * Returns the one request received so far.
   *
   * @throws AssertionError if there was none or more than one, saying what was received
   */
  public ReceivedRequest onlyRequest() {
    if (requests.size() != 1) {
      throw new AssertionError(
          requests.isEmpty() ? nothingReceived() : "expected one request, but " + this);
    }
    return requests.get(0);
  }

  /**
   * Returns the latest request.
   *
   * @throws AssertionError if there was none
   */
  public ReceivedRequest lastRequest() {
    if (requests.isEmpty()) {
      throw new AssertionError(nothingReceived());
    }
    return requests.get(requests.size() - 1);
  }

  /** Forgets the requests received so far; the script goes on. */
  public void forget() {
    requests.clear();
  }

  /** Returns what was received, a line for each request. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("the receiver got ").append(requests.size());
    text.append(requests.size() == 1 ? " request" : " requests");
    requests.forEach(request -> text.append(System.lineSeparator()).append("  ").append(request));
    return text.toString();
  }

  TransportResult receive(
      TransportRequest request, Duration timeout, TestSignatures signatures, TestClock clock) {
    boolean valid = signatures.accept(request.headers(), request.body(), secrets, clock);
    requests.add(new ReceivedRequest(
        request.url(), request.headers(), request.body(), clock.instant(), valid));
    Runnable present = action;
    action = null;
    if (present != null) {
      present.run();
    }
    RuntimeException thrown = fault;
    if (thrown != null) {
      fault = null;
      throw thrown;
    }
    if (!script.isEmpty()) {
      last = script.remove();
    }
    return last.play(clock, timeout);
  }

  private String nothingReceived() {
    return "nothing was sent to " + url
        + "; the kit sends only in runUntilIdle() and advance(…): see deliveries(account) for what"
        + " waits";
  }
}
