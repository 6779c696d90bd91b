package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Applies several schemes to one message. */
final class HmacSigner implements Signer {
  private final List<SignatureScheme> schemes;
  private final Set<String> headerNames;

  HmacSigner(List<SignatureScheme> schemes) {
    this.schemes = schemes;
    this.headerNames = Collections.unmodifiableSet(namesOf(schemes));
  }

  @Override
  public Set<String> headerNames() {
    return headerNames;
  }

  @Override
  public Map<String, String> sign(
      String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (SignatureScheme scheme : schemes) {
      headers.putAll(scheme.sign(eventId, timestamp, body, secrets));
    }
    return headers;
  }

  private static Set<String> namesOf(List<SignatureScheme> schemes) {
    if (schemes.isEmpty()) {
      throw new IllegalArgumentException("a signer needs at least one signature scheme");
    }
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    List<String> shared = new ArrayList<>();
    for (SignatureScheme scheme : schemes) {
      scheme.headerNames().stream().filter(name -> !names.add(name)).forEach(shared::add);
    }
    if (!shared.isEmpty()) {
      throw new IllegalArgumentException("two signature schemes write the same headers: " + shared);
    }
    return names;
  }
}
