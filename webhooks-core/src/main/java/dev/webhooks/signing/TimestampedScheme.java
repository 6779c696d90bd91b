package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code t=<Unix seconds>,v1=<hex>[,v1=<hex>]} in one header. */
final class TimestampedScheme implements SignatureScheme {
  private static final String TIMESTAMP = "t=";
  private static final String VERSION = "v1=";
  private static final char SEPARATOR = ',';

  /** With its separator. */
  private static final int SIGNATURE_LENGTH = 68;

  private final String header;

  TimestampedScheme(String header) {
    this.header = SchemeSupport.requireToken(header, "header");
  }

  @Override
  public Set<String> headerNames() {
    return Set.of(header);
  }

  @Override
  public Map<String, String> sign(
      String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
    SchemeSupport.requireSignable(eventId, timestamp, body, secrets);
    String seconds = Long.toString(timestamp.getEpochSecond());
    String signatures = signatures(seconds, body, secrets);
    return Map.of(header, TIMESTAMP + seconds + SEPARATOR + signatures);
  }

  @Override
  public Verification verify(
      Function<String, @Nullable String> headers,
      byte[] body,
      List<Secret> secrets,
      SignatureScheme.Freshness freshness) {
    SchemeSupport.requireVerifiable(headers, body, secrets, freshness);
    String value = headers.apply(header);
    if (value == null) {
      return Verification.MISSING_HEADER;
    }
    List<String> seconds = parts(value, TIMESTAMP);
    List<String> candidates = parts(value, VERSION);
    if (seconds.size() != 1 || candidates.isEmpty()) {
      return Verification.MALFORMED_HEADER;
    }
    String text = seconds.get(0).substring(TIMESTAMP.length());
    Optional<Instant> timestamp = SchemeSupport.unixSeconds(text);
    if (timestamp.isEmpty()) {
      return Verification.MALFORMED_HEADER;
    }
    if (!freshness.accepts(timestamp.get())) {
      return Verification.TIMESTAMP_OUT_OF_TOLERANCE;
    }
    String expected = signatures(text, body, secrets);
    return SchemeSupport.compare(SchemeSupport.split(expected, SEPARATOR), candidates);
  }

  private static String signatures(String seconds, byte[] body, List<Secret> secrets) {
    HmacSha256 hmac = new HmacSha256();
    byte[] prefix = SchemeSupport.utf8(seconds + ".");
    StringBuilder signatures = new StringBuilder(secrets.size() * SIGNATURE_LENGTH);
    for (Secret secret : secrets) {
      byte[] mac = hmac.of(SigningKey.ofText(secret), prefix, body);
      SchemeSupport.separate(signatures, SEPARATOR);
      signatures.append(VERSION).append(HexFormat.of().formatHex(mac));
    }
    return signatures.toString();
  }

  private static List<String> parts(String value, String prefix) {
    return SchemeSupport.isTooLong(value)
        ? List.of()
        : SchemeSupport.split(value, SEPARATOR).stream()
            .filter(part -> part.startsWith(prefix))
            .toList();
  }
}
