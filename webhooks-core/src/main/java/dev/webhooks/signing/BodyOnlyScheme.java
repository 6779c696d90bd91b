package dev.webhooks.signing;

import dev.webhooks.model.Secret;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code sha256=<hex>} over the body alone, in one header. */
final class BodyOnlyScheme implements SignatureScheme {
  private static final String PREFIX = "sha256=";
  private static final byte[] NOTHING = {};

  private final String header;

  BodyOnlyScheme(String header) {
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
    return Map.of(header, signature(body, secrets.get(0)));
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
    if (!value.startsWith(PREFIX) || SchemeSupport.isTooLong(value)) {
      return Verification.MALFORMED_HEADER;
    }
    List<String> expected =
        secrets.stream().map(secret -> signature(body, secret)).toList();
    return SchemeSupport.compare(expected, List.of(value));
  }

  private static String signature(byte[] body, Secret secret) {
    byte[] mac = new HmacSha256().of(SigningKey.ofText(secret), NOTHING, body);
    return PREFIX + HexFormat.of().formatHex(mac);
  }
}
