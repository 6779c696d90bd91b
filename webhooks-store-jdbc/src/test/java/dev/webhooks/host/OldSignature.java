package dev.webhooks.host;

import dev.webhooks.model.Secret;
import dev.webhooks.signing.SignatureScheme;
import dev.webhooks.signing.Verification;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A host's own signature scheme, which receivers of its old sender know: {@code X-Signature:
 * <base64 of HMAC-SHA256 over the body>}, beside the time in a header that nobody verifies.
 */
final class OldSignature implements SignatureScheme {
  static final String HEADER = "X-Signature";
  static final String TIME = "X-Sent-At";

  @Override
  public Set<String> headerNames() {
    return Set.of(HEADER, TIME);
  }

  @Override
  public Map<String, String> sign(
      String eventId, Instant timestamp, byte[] body, List<Secret> secrets) {
    String newest = secrets.get(0).reveal();
    return Map.of(HEADER, signature(newest, body), TIME, timestamp.toString());
  }

  @Override
  public Verification verify(
      Function<String, @Nullable String> headers,
      byte[] body,
      List<Secret> secrets,
      SignatureScheme.Freshness freshness) {
    String given = headers.apply(HEADER);
    if (given == null) {
      return Verification.MISSING_HEADER;
    }
    byte[] bytes = given.getBytes(StandardCharsets.UTF_8);
    boolean match = false;
    for (Secret secret : secrets) {
      byte[] expected = signature(secret.reveal(), body).getBytes(StandardCharsets.UTF_8);
      match |= MessageDigest.isEqual(expected, bytes);
    }
    return match ? Verification.ACCEPTED : Verification.NO_MATCH;
  }

  private static String signature(String secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
