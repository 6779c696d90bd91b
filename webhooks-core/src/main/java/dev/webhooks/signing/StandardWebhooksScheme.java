package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Standard Webhooks 1.0, symmetric signatures. */
final class StandardWebhooksScheme implements SignatureScheme {
  private static final String VERSION = "v1,";
  private static final char SEPARATOR = ' ';

  /** With its separator. */
  private static final int SIGNATURE_LENGTH = 48;

  private final String idHeader;
  private final String timestampHeader;
  private final String signatureHeader;

  StandardWebhooksScheme(String idHeader, String timestampHeader, String signatureHeader) {
    this.idHeader = SchemeSupport.requireToken(idHeader, "idHeader");
    this.timestampHeader = SchemeSupport.requireToken(timestampHeader, "timestampHeader");
    this.signatureHeader = SchemeSupport.requireToken(signatureHeader, "signatureHeader");
    Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    names.addAll(List.of(idHeader, timestampHeader, signatureHeader));
    if (names.size() < 3) {
      throw new IllegalArgumentException("the three headers need three names, not " + names);
    }
  }

  @Override
  public Set<String> headerNames() {
    return Set.of(idHeader, timestampHeader, signatureHeader);
  }

  @Override
  public Map<String, String> sign(
      String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
    SchemeSupport.requireSignable(eventId, timestamp, body, secrets);
    if (!isValidId(eventId)) {
      throw new IllegalArgumentException("an event id must not be empty or contain a dot");
    }
    String seconds = Long.toString(timestamp.getEpochSecond());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(idHeader, eventId);
    headers.put(timestampHeader, seconds);
    headers.put(signatureHeader, signatures(eventId, seconds, body, secrets));
    return headers;
  }

  @Override
  public Verification verify(
      Function<String, @Nullable String> headers,
      byte[] body,
      List<Secret> secrets,
      SignatureScheme.Freshness freshness) {
    SchemeSupport.requireVerifiable(headers, body, secrets, freshness);
    String id = headers.apply(idHeader);
    String seconds = headers.apply(timestampHeader);
    String header = headers.apply(signatureHeader);
    if (id == null || seconds == null || header == null) {
      return Verification.MISSING_HEADER;
    }
    Optional<Instant> timestamp = SchemeSupport.unixSeconds(seconds);
    List<String> candidates = candidates(header);
    if (!isValidId(id) || timestamp.isEmpty() || candidates.isEmpty()) {
      return Verification.MALFORMED_HEADER;
    }
    if (!freshness.accepts(timestamp.get())) {
      return Verification.TIMESTAMP_OUT_OF_TOLERANCE;
    }
    String expected = signatures(id, seconds, body, secrets);
    return SchemeSupport.compare(SchemeSupport.split(expected, SEPARATOR), candidates);
  }

  private static String signatures(String id, String seconds, byte[] body, List<Secret> secrets) {
    HmacSha256 hmac = new HmacSha256();
    byte[] prefix = SchemeSupport.utf8(id + "." + seconds + ".");
    StringBuilder signatures = new StringBuilder(secrets.size() * SIGNATURE_LENGTH);
    for (Secret secret : secrets) {
      byte[] mac = hmac.of(SigningKey.decoded(secret), prefix, body);
      SchemeSupport.separate(signatures, SEPARATOR);
      signatures.append(VERSION).append(Base64.getEncoder().encodeToString(mac));
    }
    return signatures.toString();
  }

  /** Other versions, such as the asymmetric {@code v1a}, are passed over. */
  private static List<String> candidates(String header) {
    return SchemeSupport.isTooLong(header)
        ? List.of()
        : SchemeSupport.split(header, SEPARATOR).stream()
            .filter(part -> part.startsWith(VERSION))
            .toList();
  }

  /**
   * A dot would let the border between id and timestamp be moved without changing what is signed.
   */
  private static boolean isValidId(String id) {
    return !id.isEmpty() && id.indexOf('.') < 0 && !SchemeSupport.isTooLong(id);
  }
}
