package dev.webhooks.internal.validation;

import dev.webhooks.model.ErrorCode;
import dev.webhooks.model.WebhookException;
import dev.webhooks.validation.HeaderPolicy;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Lets through headers that can neither change what is sent nor where. */
public final class StandardHeaderPolicy implements HeaderPolicy {
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Set<String> FORBIDDEN = Set.of(
      // how the body is framed and read
      "content-length",
      "content-type",
      "content-encoding",
      "content-range",
      "transfer-encoding",
      "te",
      "trailer",
      "expect",
      "accept-encoding",
      // where the request goes, and as what
      "host",
      "forwarded",
      "via",
      "x-real-ip",
      "x-original-url",
      "x-rewrite-url",
      "x-http-method",
      "x-http-method-override",
      "x-method-override",
      "alt-used",
      // what concerns one connection
      "connection",
      "keep-alive",
      "upgrade",
      "http2-settings",
      // cloud metadata
      "metadata",
      "metadata-flavor",
      "x-google-metadata-request",
      "x-identity-header",
      // ours
      "user-agent");

  private static final List<String> FORBIDDEN_PREFIXES = List.of(
      "x-forwarded-",
      "proxy-",
      "x-aws-ec2-metadata-",
      "x-aliyun-ecs-metadata-",
      "x-webhook-",
      "webhook-");

  private final Set<String> signatureHeaders;

  public StandardHeaderPolicy(Set<String> signatureHeaders) {
    this.signatureHeaders =
        signatureHeaders.stream().map(StandardHeaderPolicy::plain).collect(Collectors.toSet());
  }

  @Override
  public Map<String, String> validate(Map<String, String> headers) {
    Objects.requireNonNull(headers, "headers");
    requireFew(headers);
    Set<String> seen = new HashSet<>();
    int total = 0;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = checkName(header.getKey());
      require(seen.add(name.toLowerCase(Locale.ROOT)), name, "is given twice");
      total += name.length() + checkValue(name, header.getValue()).length();
      require(
          total <= MAX_TOTAL_LENGTH,
          name,
          "makes all headers longer than " + MAX_TOTAL_LENGTH + " characters");
    }
    return Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  private static void requireFew(Map<String, String> headers) {
    long names = headers.keySet().stream()
        .map(name -> String.valueOf(name).toLowerCase(Locale.ROOT))
        .distinct()
        .count();
    if (names > MAX_HEADERS) {
      throw new WebhookException(
          ErrorCode.TOO_MANY_HEADERS, "a webhook has at most " + MAX_HEADERS + " custom headers");
    }
  }

  private String checkName(String name) {
    require(name != null && TOKEN.matcher(name).matches(), name, "is not an RFC 9110 token");
    require(
        name.length() <= MAX_NAME_LENGTH,
        name,
        "has a name of more than " + MAX_NAME_LENGTH + " characters");
    String plain = plain(name);
    boolean forbidden = FORBIDDEN.contains(plain)
        || signatureHeaders.contains(plain)
        || FORBIDDEN_PREFIXES.stream().anyMatch(plain::startsWith);
    require(!forbidden, name, "is reserved");
    return name;
  }

  private static String checkValue(String name, String value) {
    require(value != null, name, "has no value");
    require(
        value.length() <= MAX_VALUE_LENGTH,
        name,
        "has a value of more than " + MAX_VALUE_LENGTH + " characters");
    require(
        value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~')),
        name,
        "may only have visible ASCII, tab and space in its value");
    require(value.equals(value.strip()), name, "must not begin or end its value with tab or space");
    require(!value.equals(HeaderMask.MASK), name, "has the mask for a value, but no stored value");
    return value;
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static void require(boolean condition, String name, String rule) {
    if (!condition) {
      throw new WebhookException(
          ErrorCode.INVALID_HEADER, "header " + SafeText.quote(String.valueOf(name)) + " " + rule);
    }
  }
}
