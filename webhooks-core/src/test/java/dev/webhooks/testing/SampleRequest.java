package dev.webhooks.testing;

import dev.webhooks.AccountWebhooks;
import dev.webhooks.model.Event;
import dev.webhooks.model.EventCatalog;
import dev.webhooks.model.Secret;
import dev.webhooks.model.SecretRotation;
import dev.webhooks.model.WebhookDraft;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.testing.memory.InMemoryWebhookStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A signed request exactly as the library would send it, for the unit test of an endpoint that
 * verifies: headers and body come from the library's own engine. And such requests as an endpoint
 * has to refuse.
 *
 * <p>The same event, secrets, schemes and instant give the same bytes, every time. Each method that
 * changes something returns a changed copy. Immutable, but for the array that {@link #body()}
 * returns.
 */
public final class SampleRequest {
  private static final String URL = "https://hooks.example.com/in";
  /** Far beyond the tolerance of any verifier, however slow the test is. */
  private static final Duration TOO_FAR = Duration.ofHours(1);

  private static final String OTHER_SECRET = "whsec_bm90IHRoZSBzZWNyZXQgb2YgdGhlIHdlYmhvb2s=";

  private final String description;
  private final Recipe recipe;
  private final Map<String, String> headers;
  private final byte[] body;

  private SampleRequest(
      String description, Recipe recipe, Map<String, String> headers, byte[] body) {
    Map<String, String> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(headers);
    this.description = description;
    this.recipe = recipe;
    this.headers = Collections.unmodifiableMap(copy);
    this.body = body;
  }

  /**
   * Returns a request as it is sent now, by the system's clock, in the default schemes: the
   * timestamped one and Standard Webhooks.
   *
   * @param event what is sent; without an id of its own it gets one that is always the same
   * @param secrets what signs: the webhook's secret, or during a rotation the new one and the old
   * @throws dev.webhooks.model.WebhookException if the library would refuse the event or a secret
   */
  public static SampleRequest of(Event event, String... secrets) {
    Objects.requireNonNull(event, "event");
    Objects.requireNonNull(secrets, "secrets");
    List<SignatureScheme> schemes =
        List.of(SignatureScheme.timestamped(), SignatureScheme.standardWebhooks());
    return new Recipe(event, secrets(secrets), schemes, Instant.now()).make("as sent");
  }

  /**
   * Returns this request as it is sent at another time.
   *
   * @param instant the time of the attempt, and of the event if it has none
   */
  public SampleRequest at(Instant instant) {
    Objects.requireNonNull(instant, "instant");
    return recipe.at(instant).make(description);
  }

  /**
   * Returns this request signed with other secrets.
   *
   * @param secrets the webhook's secret, or during a rotation the new one and the old
   */
  public SampleRequest signedWith(String... secrets) {
    Objects.requireNonNull(secrets, "secrets");
    return recipe.signedWith(secrets(secrets)).make(description);
  }

  /**
   * Returns this request signed in other schemes.
   *
   * @param schemes at least one
   */
  public SampleRequest schemes(SignatureScheme... schemes) {
    for (SignatureScheme scheme : Objects.requireNonNull(schemes, "schemes")) {
      Objects.requireNonNull(scheme, "schemes");
    }
    return new Recipe(recipe.event, recipe.secrets, List.of(schemes), recipe.at).make(description);
  }

  /** Returns this request with a body that was changed after it was signed; it is JSON still. */
  public SampleRequest tampered() {
    byte[] start = "{\"tampered\":true,".getBytes(StandardCharsets.US_ASCII);
    byte[] changed = Arrays.copyOf(start, start.length + body.length - 1);
    System.arraycopy(body, 1, changed, start.length, body.length - 1);
    return new SampleRequest("tampered body", recipe, headers, changed);
  }

  /**
   * Returns this request without a header.
   *
   * @param name the header's name, whatever its case
   * @throws IllegalArgumentException if it has no such header
   */
  public SampleRequest without(String name) {
    Objects.requireNonNull(name, "name");
    if (!headers.containsKey(name)) {
      throw new IllegalArgumentException("there is no header " + name + " in " + headers.keySet());
    }
    return without("no " + name, Set.of(name));
  }

  /**
   * Returns requests that an endpoint must refuse, each named by its {@code toString()}: signed
   * with another secret, with a changed body, an hour old, from an hour ahead, and without
   * signature headers. What the schemes cannot tell is left out: body-only signatures have no time.
   *
   * <p>With several schemes, the signature headers of all of them are missing at once, since an
   * endpoint may verify the others. For one scheme, each of its headers is missing in turn.
   */
  public List<SampleRequest> toBeRefused() {
    List<SampleRequest> refused = new ArrayList<>();
    refused.add(recipe.signedWith(List.of(OTHER_SECRET)).make("signed with another secret"));
    refused.add(tampered());
    if (recipe.schemes.stream().allMatch(this::signsTheTime)) {
      refused.add(recipe.at(recipe.at.minus(TOO_FAR)).make("an hour old"));
      refused.add(recipe.at(recipe.at.plus(TOO_FAR)).make("from an hour ahead"));
    }
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    recipe.schemes.forEach(scheme -> names.addAll(scheme.headerNames()));
    refused.add(without("without signature", names));
    if (recipe.schemes.size() == 1 && names.size() > 1) {
      names.forEach(name -> refused.add(without(name)));
    }
    return List.copyOf(refused);
  }

  /** Returns the headers; names compare without case. */
  public Map<String, String> headers() {
    return headers;
  }

  /**
   * Returns a header's value, or null; {@code sample::header} is what a verifier asks.
   *
   * @param name the header's name, whatever its case
   */
  public String header(String name) {
    Objects.requireNonNull(name, "name");
    return headers.get(name);
  }

  /** Returns a copy of the body. */
  public byte[] body() {
    return body.clone();
  }

  /** Returns what distinguishes this request, such as {@code tampered body}. */
  @Override
  public String toString() {
    return description;
  }

  private SampleRequest without(String description, Set<String> names) {
    Map<String, String> fewer = new TreeMap<>(headers);
    names.forEach(fewer::remove);
    return new SampleRequest(description, recipe, fewer, body);
  }

  private boolean signsTheTime(SignatureScheme scheme) {
    List<Secret> secrets = recipe.secrets.stream().map(Secret::of).toList();
    Map<String, String> now = scheme.sign("id", recipe.at, body, secrets);
    return !now.equals(scheme.sign("id", recipe.at.plus(TOO_FAR), body, secrets));
  }

  private static List<String> secrets(String... secrets) {
    if (secrets.length < 1 || secrets.length > 2) {
      throw new IllegalArgumentException(
          "one secret signs, or two during a rotation, not " + secrets.length);
    }
    for (String secret : secrets) {
      Objects.requireNonNull(secret, "secrets");
    }
    return List.of(secrets);
  }

  /** The parts of a request. */
  private static final class Recipe {
    final Event event;
    final List<String> secrets;
    final List<SignatureScheme> schemes;
    final Instant at;

    Recipe(Event event, List<String> secrets, List<SignatureScheme> schemes, Instant at) {
      this.event = event;
      this.secrets = secrets;
      this.schemes = schemes;
      this.at = at;
    }

    Recipe at(Instant instant) {
      return new Recipe(event, secrets, schemes, instant);
    }

    Recipe signedWith(List<String> others) {
      return new Recipe(event, others, schemes, at);
    }

    /** Has the library itself send it, so that there is no second opinion of what it looks like. */
    SampleRequest make(String description) {
      // Not secret, and the same each time: only ids come out of it.
      Random random = new Random(1);
      try (TestWebhooks kit = new TestWebhooks(
          new InMemoryWebhookStore(),
          EventCatalog.acceptingAny(),
          at,
          schemes,
          builder -> builder.random(random))) {
        TestReceiver endpoint = kit.receiver(URL);
        AccountWebhooks sender = kit.account("sample");
        String oldest = secrets.get(secrets.size() - 1);
        String id = sender
            .create(WebhookDraft.to(URL).events("*").secret(oldest))
            .webhook()
            .id();
        if (secrets.size() > 1) {
          sender.rotateSecret(id, SecretRotation.to(secrets.get(0)));
        }
        sender.publish(event);
        kit.runUntilIdle();
        ReceivedRequest sent = endpoint.onlyRequest();
        return new SampleRequest(description, this, sent.headers(), sent.body());
      }
    }
  }
}
