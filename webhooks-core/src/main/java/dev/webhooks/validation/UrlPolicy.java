package dev.webhooks.validation;

/**
 * The rule for the URLs of webhooks. Implementations are thread-safe.
 *
 * <p>The library's rule takes {@code https} only, at most {@value #MAX_LENGTH} characters, a public
 * host that resolves to public addresses only, port 1 to 65535, no user info and no fragment. It
 * refuses what two parsers could read in two ways.
 *
 * <p>Its canonical form is sent as it is. Scheme and host are in lower case, the host is in ASCII,
 * and the default port is left out. The path is at least {@code /}, and its segments of one or two
 * dots are resolved as RFC 3986 (5.2.4) says, escaped dots too. An apostrophe in the query becomes
 * {@code %27}. An IPv4-mapped address becomes the IPv4 address.
 *
 * <p>A label of the host that begins with {@code xn--} must decode (RFC 3492) to characters that a
 * name may have. Clients decode it too, and could never send to one that does not.
 */
@FunctionalInterface
public interface UrlPolicy {
  /** The most characters that a URL has, as given and in canonical form. */
  int MAX_LENGTH = 2048;

  /**
   * Checks a URL and returns its canonical form. May block while the host is looked up.
   *
   * @param url any text
   * @throws dev.webhooks.model.WebhookException with {@code INVALID_URL} and the broken rule
   */
  ValidUrl validate(String url);
}
